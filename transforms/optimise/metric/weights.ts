// SSIMULACRA2's 108 weights and its last polynomial: from sums of errors to points of 100.
// Published constants of libjxl's tools/ssimulacra2.cc, version 2.1 (see NOTICE).

/**
 * Six weights of each plane: for the means of the structure, ringing and blur errors, then for their fourth-power means.
 */
const weights: readonly (readonly number[])[] = [
  // X, from 1:1 to 1:32
  [0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0],
  [0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752],
  [0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0],
  [0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0],
  [
    0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967,
    0.00031949755934435053,
  ],
  [0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0],
  // Y, from 1:1 to 1:32
  [0, 0, 0, 7.466890328078848, 0, 17.445833984131262],
  [0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264],
  [225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985],
  [176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408],
  [0, 0, 0, 34.77906344483772, 44.835625328877896, 0],
  [0, 0, 0, 0, 0, 0],
  // B-Y, from 1:1 to 1:32
  [0, 0.0008680556573291698, 0, 0, 0, 0],
  [0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0],
  [0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0],
  [0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0],
  [
    95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493, 171.2667255897307,
    0.9807858872435379,
  ],
  [0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537],
]

/** Six sums of a plane's errors, in the kernel's order: each error's plain sum, then its sum of fourth powers. */
export interface PlaneSums {
  readonly scale: number
  readonly channel: number
  readonly count: number
  readonly sums: ArrayLike<number>
}

/** Planes with a weight above 0.5. All others together change the score of a photograph by less than 0.02 points. */
export const heavyPlanes: number = selectPlanes((weight) => weight > 0.5)
export const allPlanes: number = selectPlanes(() => true)

/** A mask with the bit scale * 3 + channel set for each plane that counts. */
function selectPlanes(counts: (weight: number) => boolean): number {
  let mask = 0
  for (const [row, six] of weights.entries())
    if (six.some(counts)) mask |= 1 << ((row % 6) * 3 + Math.floor(row / 6))
  return mask
}

/** 100 for equal pictures; 90 is not seen in flicker, 80 not side by side, 70 not annoying (the authors' scale). */
export function scoreOf(planes: readonly PlaneSums[]): number {
  const error = planes.reduce((sum, plane) => sum + weighPlane(plane), 0) * 0.9562382616834844
  const curved =
    2.326765642916932 * error - 0.020884521182843837 * error ** 2 + 6.248496625763138e-5 * error ** 3
  return curved > 0 ? 100 - 10 * curved ** 0.6276336467831387 : 100
}

function weighPlane({ scale, channel, count, sums }: PlaneSums): number {
  const six = weights[channel * 6 + scale] ?? []
  let total = 0
  for (let map = 0; map < 3; map++) {
    total += (six[map] ?? 0) * ((sums[map * 2] ?? 0) / count)
    total += (six[map + 3] ?? 0) * ((sums[map * 2 + 1] ?? 0) / count) ** 0.25
  }
  return total
}
