// Package vault keeps the bytes of admitted files in a folder, under the hash
// of their content: ab/cdef... for a SHA-256 of abcdef....
//
// In comes a file's bytes, from the inbox; out go the same bytes, checked
// against their name, to Prepare and to whoever shows or repeats a drop. It never looks
// into what it holds, and never changes it.
//
// Only two commands take something out. Remove is for files whose time is over. Replace
// is for a person who is to be forgotten: other bytes take the place of an object, and a
// note beside it, ab/cdef....now, says which; whoever opens it by its old hash has those.
// The same file dropped once more is read from them, too, and is not kept a second time:
// it would bring the person back. Only one that went whole is kept again, for it could not
// be read else.
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
