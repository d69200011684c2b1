// Package vault keeps the bytes of admitted files in a folder, under the hash
// of their content: ab/cdef... for a SHA-256 of abcdef....
//
// In comes a file's bytes, from the inbox; out go the same bytes, checked
// against their name, to Prepare and to whoever shows or repeats a drop. It never
// changes or forgets what it holds, and never looks into it.
//
// # Why
//
//   - An object appears whole or not at all: temp file beside it, sync, rename,
//     sync of the folders. So a name in the vault is a promise about its bytes,
//     also after the power failed.
//   - Open reads the whole object before it gives it away. A disk that rots
//     would otherwise send a wrong price, and nobody could say where it came
//     from. A file is read once more than it need be; reading is cheap beside
//     what is done with it.
//   - An object that is there already is checked when the same bytes come again,
//     and mended from them where it is damaged. It stays as it is otherwise.
package vault
