// Package inbox is the door by which files come in.
//
// In comes a folder, often on a share, into which other people's programs write
// when and how they like. Out go drops: each arrival of a file, its bytes in the
// vault and admitted by the ledger. It never reads what a file means, never
// changes what somebody dropped, and removes nothing: originals move to taken/
// and, where nothing of them is to be used, to rejected/ with the reasons in
// words beside them.
//
//	scan -> settle -> whole? -> copy to the vault -> admit -> move to taken/
//	          ^----------------- changed meanwhile
//
// What dies in between is found again by the next scan: until it is admitted a
// file is simply there, and after that the ledger knows it by path, file id,
// size and time, so that it is only moved.
//
// # Why
//
//   - A scan is the truth, an event only makes the next scan come sooner. Of
//     30,000 files written at once the kernel's events lost 13,615; on a share
//     they never come at all, and nothing says so.
//   - A file has settled when two looks at it, far enough apart on our own clock,
//     see the same size, time and file id. The file's time is compared with
//     itself only: other machines' clocks are wrong, and copies carry old dates.
//   - The claim on a file is the ledger's transaction, not the move. Moving first
//     was tried: its writer goes on writing into the moved file, it fails on
//     read-only shares, and it leaves no record.
//   - The copy is made before anything else and compared before and after; so
//     what Prepare reads never depends on the share.
//   - A file that looks cut off waits longer and is taken all the same: extract
//     refuses it, with words. The inbox never refuses by itself.
//   - The number of a device is not part of a file's id: a share gets another
//     one each time it is mounted, and all its files would be new arrivals.
//   - Whether expected files came is judged here, from what the ledger says came
//     (expect.go, pure): it is knowledge of the door, and of its clock. How many
//     rows a file has is not: Prepare counts them, and holds a small one.
//   - A file is expected by a time of the clock on the wall, and is there when it is
//     admitted: its own time proves nothing, for copies carry old ones.
//   - The folder has one owner, see owner.go: two installations with a ledger
//     each would both admit everything.
//   - A folder of pictures (pictures.go) is no inbox: what lies there stays there,
//     and only its list comes in, as a drop like any other. So the plan, the gate
//     and the reports know nothing of folders. The list names the whole folder, and
//     pictures by the hash of their bytes, which lie in the vault by then: a job can
//     be repeated after the folder has changed. What is remembered of the folder is a
//     cache: without it the list comes once more, and changes nothing.
//   - A picture that went away leaves the list when it has been away as long as one has to
//     stand still; an empty folder is a drive that is not there.
package inbox
