// WebP with loss for the eye: libwebp's encoder as it is released, with the steps of its quantisers chosen anew.
//
// A frame has six quantisers, DC and AC of luma, of luma's second order and of colour, and each has an index of its own, up to
// fifteen beside the segment's (RFC 6386 section 9.6). libwebp leaves those of luma where the segment is, which is best for
// PSNR. The eye, and SSIMULACRA2 with it, sees an error in the mean of a block sooner than one in its details: with finer
// steps for the means, and a lower quality for the rest, the same score takes 6 % fewer bytes. With the filter between blocks
// as it is set below, and the smaller choices beside it, 9 % fewer than by libwebp's defaults (bench/webp-settings.ts).
//
// A first answer has time for method 2 alone, which weighs no bits against what they are good for. What it leaves undone is
// made up for by steps of its own: `quick` takes a sixth fewer bytes than libwebp at method 2, in the same time.
//
// The linker hands libwebp's call of VP8SetSegmentParams to the function below (--wrap), so its sources stay untouched.
#include <stdint.h>
#include <stdlib.h>

#include "src/enc/vp8i_enc.h"
#include "src/webp/encode.h"

// RFC 6386 section 14.1.
static const uint8_t dc_steps[128] = {
    4,   5,   6,   7,   8,   9,   10,  10,  11,  12,  13,  14,  15,  16,  17,  17,  18,  19,  20,  20,  21,  21,
    22,  22,  23,  23,  24,  25,  25,  26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  37,  38,  39,
    40,  41,  42,  43,  44,  45,  46,  46,  47,  48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  59,  60,
    61,  62,  63,  64,  65,  66,  67,  68,  69,  70,  71,  72,  73,  74,  75,  76,  76,  77,  78,  79,  80,  81,
    82,  83,  84,  85,  86,  87,  88,  89,  91,  93,  95,  96,  98,  100, 101, 102, 104, 106, 108, 110, 112, 114,
    116, 118, 122, 124, 126, 128, 130, 132, 134, 136, 138, 140, 143, 145, 148, 151, 154, 157};
static const uint16_t ac_steps[128] = {
    4,   5,   6,   7,   8,   9,   10,  11,  12,  13,  14,  15,  16,  17,  18,  19,  20,  21,  22,  23,  24,  25,
    26,  27,  28,  29,  30,  31,  32,  33,  34,  35,  36,  37,  38,  39,  40,  41,  42,  43,  44,  45,  46,  47,
    48,  49,  50,  51,  52,  53,  54,  55,  56,  57,  58,  60,  62,  64,  66,  68,  70,  72,  74,  76,  78,  80,
    82,  84,  86,  88,  90,  92,  94,  96,  98,  100, 102, 104, 106, 108, 110, 112, 114, 116, 119, 122, 125, 128,
    131, 134, 137, 140, 143, 146, 149, 152, 155, 158, 161, 164, 167, 170, 173, 177, 181, 185, 189, 193, 197, 201,
    205, 209, 213, 217, 221, 225, 229, 234, 239, 245, 249, 254, 259, 264, 269, 274, 279, 284};

typedef struct {
  int method, filter_strength;
  // How far from the segment's index each lies; the bitstream has four bits and a sign for each. For colour, beside libwebp's
  // own choice, which depends on the picture.
  int luma_dc, second_dc, second_ac, colour_dc, colour_ac;
  // Of luma, added to the 256ths of a step that libwebp adds before it rounds down: without its search for the best numbers
  // (trellis, from method 5 on) means are worth more than it thinks, and details less.
  int luma_dc_bias, luma_ac_bias, second_bias;
  // Tenths of libwebp's own reluctance to predict a block in sixteen parts.
  int parts_penalty;
} Tuning;

static const Tuning searched = {6, 25, -12, -6, -4, -8, -2, 0, 0, 0, 10};
static const Tuning quick = {2, 40, -15, -6, -12, -12, 0, 16, -16, 16, 5};
static const Tuning* tuning = &searched;

static int within(int value, int low, int high) { return value < low ? low : value > high ? high : value; }
static int delta(int value) { return within(value, -15, 15); }
static int at(int index, int highest) { return within(index, 0, highest); }

// As libwebp derives them: the reciprocal in 17 bits, and the largest coefficient that becomes nothing.
static void step(VP8Matrix* matrix, int i, int q) {
  matrix->q[i] = q;
  matrix->iq[i] = (1 << 17) / q;
  matrix->zthresh[i] = ((1 << 17) - 1 - matrix->bias[i]) / matrix->iq[i];
}

static void steps(VP8Matrix* matrix, int dc, int ac) {
  step(matrix, 0, dc);
  for (int i = 1; i < 16; i++) step(matrix, i, ac);
}

// Colour goes to the nearest step, where libwebp would rather go down.
static void nearest(VP8Matrix* matrix) {
  for (int i = 0; i < 16; i++) matrix->bias[i] = 1 << 16;
}

static void add(VP8Matrix* matrix, int i, int bias) { matrix->bias[i] += bias << 9; }

void __real_VP8SetSegmentParams(VP8Encoder* enc, float quality);

void __wrap_VP8SetSegmentParams(VP8Encoder* enc, float quality) {
  __real_VP8SetSegmentParams(enc, quality);
  enc->dq_y1_dc = delta(tuning->luma_dc);
  enc->dq_y2_dc = delta(tuning->second_dc);
  enc->dq_y2_ac = delta(tuning->second_ac);
  enc->dq_uv_dc = delta(enc->dq_uv_dc + tuning->colour_dc);
  enc->dq_uv_ac = delta(enc->dq_uv_ac + tuning->colour_ac);
  for (int i = 0; i < enc->segment_hdr.num_segments; i++) {
    VP8SegmentInfo* segment = &enc->dqm[i];
    const int q = segment->quant;
    const int second = ac_steps[at(q + enc->dq_y2_ac, 127)] * 155 / 100;
    add(&segment->y1, 0, tuning->luma_dc_bias);
    step(&segment->y1, 0, dc_steps[at(q + enc->dq_y1_dc, 127)]);
    for (int k = 1; k < 16; k++) {
      add(&segment->y1, k, tuning->luma_ac_bias);
      step(&segment->y1, k, segment->y1.q[k]);
    }
    for (int k = 0; k < 16; k++) add(&segment->y2, k, tuning->second_bias);
    steps(&segment->y2, dc_steps[at(q + enc->dq_y2_dc, 127)] * 2, second < 8 ? 8 : second);
    nearest(&segment->uv);
    steps(&segment->uv, dc_steps[at(q + enc->dq_uv_dc, 117)], ac_steps[at(q + enc->dq_uv_ac, 127)]);
    // Details made stronger than they are look sharper, but not more like the source.
    for (int k = 0; k < 16; k++) segment->y1.sharpen[k] = 0;
    // A way to predict a block that keeps its texture is worth more than libwebp thinks.
    segment->tlambda *= 3;
    segment->i4_penalty = segment->i4_penalty * tuning->parts_penalty / 10;
  }
}

static WebPMemoryWriter writer;

void* room(int bytes) { return malloc(bytes); }
uint8_t* written(void) { return writer.mem; }

// Behind a picture that is done with: the memory is used for the next one.
void leave(void* pixels) {
  free(pixels);
  WebPMemoryWriterClear(&writer);
}

static void configure(WebPConfig* config, float quality, int smart) {
  WebPConfigInit(config);
  config->quality = quality;
  config->method = tuning->method;
  // Hardly a filter between blocks keeps the grain of skin and cloth.
  config->filter_strength = tuning->filter_strength;
  config->filter_sharpness = 7;
  config->use_sharp_yuv = smart;
}

// The pixels at `pixels`, of three or four channels, as a WebP at `written()`: its bytes, or an error of libwebp below zero.
int encode(const uint8_t* pixels, int width, int height, int channels, float quality, int smart, int is_quick) {
  tuning = is_quick ? &quick : &searched;
  WebPConfig config;
  WebPPicture picture;
  configure(&config, quality, smart);
  WebPMemoryWriterInit(&writer);
  WebPPictureInit(&picture);
  picture.width = width;
  picture.height = height;
  picture.use_argb = smart;
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const int is_read = channels == 4 ? WebPPictureImportRGBA(&picture, pixels, width * 4)
                                    : WebPPictureImportRGB(&picture, pixels, width * 3);
  const int is_done = is_read && WebPEncode(&config, &picture);
  WebPPictureFree(&picture);
  return is_done ? (int)writer.size : -(int)picture.error_code;
}
