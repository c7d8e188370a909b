// Names of files, as they are shown.

// Characters that change the direction of the text after them: behind one of them "gpj.svg" reads "gvs.jpg" (Unicode TR
// 36, 3.3).
const turning = /[\u202a-\u202e\u2066-\u2069]/g

export const nameText = (name) => name.replace(turning, '\ufffd')

/** How many of what: "1 file", "3 files". */
export const counted = (count, word) => `${count} ${word}${count === 1 ? '' : 's'}`
