// Options that the imgix language defines and Halftone does not do: refused by name, because leaving one out would
// make another picture than the one asked for. Whoever builds one moves it into options.ts.

/** Keys and aliases, from imgix-url-params 11.35.0. */
export const unsupported: ReadonlySet<string> = new Set(
  `min-w min-width min-h min-height max-w max-width max-h max-height fp-debug fp-z
  face-blur face-pixel face-pixelate faceindex facepad faces
  chromasub colorquant cs dpi iptc jpg-progressive jpeg-progressive svg-sanitize
  fill fill-color fillcolor fill-gen-fallback fill-generative-fallback fill-gen-neg-prompt
  fill-generative-negative-prompt fill-gen-pos fill-generative-position fill-gen-prompt fill-generative-prompt
  fill-gen-seed fill-generative-seed fill-gradient-cs fill-gradient-linear-direction fill-gradient-linear
  fill-gradient-radial-radius fill-gradient-radial-x fill-gradient-radial-y fill-gradient-radial fill-gradient-type
  grid-colors grid-size transparency
  border border-bottom border-left border-right border-top border-radius border-radius-inner border-stroke-color
  border-stroke-size pad pad-bottom pad-left pad-right pad-top corner-radius mask mask-bg maskbg
  trim trim-alpha trim-color trimcolor trim-md trimmd trim-pad trimpad trim-sd trimsd trim-tol trimtol
  bri con exp gam high hue invert inv sat shad usm usmrad vib
  duotone duotone-alpha htn monochrome mono px sepia nr nrs
  mark m mark-align ma markalign mark-alpha markalpha malph mark-base mb markbase mark-fit mf markfit mark-h mh markh
  mark-if-min-height mark-if-min-width mark-pad mp markpad mark-rot mark-scale ms markscale mark-tile mtile marktile
  mark-w mw markw mark-x mx markx mark-y my marky
  blend b blend-align blendalign ba blend-alpha blendalpha balph blend-color blendcolor blend-clr blendclr
  blend-crop blendcrop bc blend-fit blendfit bf blend-h blendh bh blend-mode blendmode bm blend-pad blendpad bp
  blend-size blendsize bs blend-w blendw bw blend-x blendx bx blend-y blendy by
  txt t txt-align txtalign ta txt-clip txtclip tcl txt-color txtcolor txt-clr txtclr tc txt-fit txtfit
  txt-font tf txtfont txt-line-color txtlinecolor txt-line-clr txtlineclr txt-line txtline tl txt-pad txtpad tp
  txt-shad txtshad tsh txt-size tsz txtsize txt-width txtwidth txt-x txtx txt-y txty txt-lead txtlead
  txt-track txttrack tt
  fps interval loop reverse skip colors palette prefix
  bg-remove background-remove bg-remove-fallback bg-remove-fg-type bg-remove-semi-transparency
  background-removal-semi-transparency bg-remove-transparency-threshold
  bg-replace background-replace bg-replace-fallback bg-replace-neg-prompt background-replace-negative-prompt
  object-removal-negative-prompt object-removal-prompt object-removal-rect object-removal-seed
  upscale upscale-fallback page pdf-annotation annotation rasterize-bypass lp-blur license-plate-blur
  video-clip-start video-clip-end video-bitrate video-codec video-thumbnail`.split(/\s+/),
)
