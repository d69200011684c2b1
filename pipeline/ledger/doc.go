// Package ledger is the memory of the house: one SQLite file that knows which
// files came in, what was made of them, what left, and what the other sides
// said. It is the only room that knows SQL.
//
// In come arrivals (Door), documents and problems (Filing) and answers (Settle);
// out come jobs (Queue), batches (Take) and the books. It never reads a file of
// the user, never talks to another machine, never decides what a document says,
// and starts no goroutine.
//
//	wasl.db     the ledger        wasl.lock   who works with it
//	backups/    copies made before a migration, or in place of those that held somebody
//	wasl.forget the key of tombstones
//
// # Customers who are forgotten
//
// Erase takes a person out in one transaction; SweepForgotten then takes what was erased
// out of free pages, log and copies. What stays is what keeps work from being done twice:
// keys (which hold the shop's numbers, and of exports without numbers a hash), amounts, and
// in known the hashes of what left. So the same order again is unchanged, and a changed one
// is compared with a body that lacks nothing but the person. A tombstone (forgotten) has
// keyed hashes of numbers, mails and telephones, by which filing knows them again
// (forget_filing.go):
//
//   - of a document whose key had left by then, or that does not leave, nothing of the
//     person is kept: it was judged as it came before. An overlapping export would else
//     bring them back every night;
//   - their own record (Kind.Record) is left out: who is forgotten here and not in the shop
//     would else be sent to the ERP anew with the next export;
//   - a new sale goes as it is. It is a new ground to know them, and the ERP needs it;
//   - that they came again is told, once a job. The file itself is the proof of what came,
//     and keeps them until somebody says to forget them once more.
//
// Papers of the tax authority are never touched: the law keeps them, for longer than
// anybody may ask.
//
// # Why
//
//   - Every method is one transaction on one writer connection: immediate, so
//     that it never fails half way for want of a lock, and synchronous=FULL, so
//     that a mark "sending" is on the disk before the first byte leaves. The
//     pragmas are read back on every connection: a ledger that only thinks it is
//     durable is the bug that sends twice.
//   - Times are integers, nanoseconds since 1970 in UTC. Texts would read better
//     in a tool, but they compare rightly only while everybody formats them
//     alike; numbers always do, and take half the room.
//   - What is known of a key stands in one row (known), so that a lookup costs
//     the same after three years of nights. The documents of a key are chained
//     backwards from there; one that never left is in no index once it is final.
//   - A job's documents have consecutive ids, because one transaction files them
//     and there is one writer. So a job needs no index to find them either.
//   - Filing works in chunks of some hundred documents: one look-up and one
//     insert for all of them. It holds one chunk, however long the file.
//   - The gate of a job (jobs.gate) stands beside its step and not in it: a held job
//     is at deliver, so that whatever moves jobs on moves it on as well, and the one
//     place that takes documents (readyJobs) passes it over. Triggers see to it that
//     a gate closes only while its job is filed, and is opened once, by a person.
//   - A booking counts as soon as its job's gate is open, and gives way to a later one
//     that counts. What it takes the place of is kept, because the later one may be
//     held now and dropped tomorrow.
//   - Whether a job is a memo is said once, when it is admitted (jobs.memo).
//   - A drop that no flow takes has a job without a flow, which waits only for
//     the workbook. So nothing that was dropped is missing from its day.
//   - The file is closed by Shut, because Close is the word of the steps for a
//     job of which nothing more is to come.
package ledger
