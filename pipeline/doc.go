// Package pipeline holds the words of the house and the order of its rooms. It
// imports nothing of ours.
//
// A file comes in at one door (stages/inbox), is read (stages/extract), put into
// our words (stages/transform), leaves at one of three doors (stages/load:
// shopify, erp, eta; two more, table and courier, lead into tables of ours), and
// is accounted for (stages/reconcile). Each room is a folder in stages; cmd/wasl
// furnishes the house; mappings says, in one YAML file per flow, which file
// takes which way.
//
//	inbox -> extract -> transform -> load/{shopify,erp,eta,table,courier} -> reconcile
//	 Drop      Rows      Records,        Documents, Outcomes                   Entries
//	                     Problems
//
//	floor 3   cmd/wasl                      puts it together
//	floor 2   stages/...  ,  pipeline/ledger , pipeline/vault , pipeline/redact
//	floor 1   pipeline                      the words, the steps, the order
//
// Data goes left to right. Imports go down. No room knows another.
//
// # The way of a file
//
// A Drop is one arrival of one file; a Job is one drop on one Flow. Steps do the
// work: Prepare reads the drop and files Documents and Problems in the Ledger;
// Deliver takes one Batch of one lane, marks it as being sent in a transaction
// of its own, and only then sends it; what is unsure is asked about before it is
// sent again; Reconcile writes the day's workbook from the ledger alone. Every
// step may run twice, or again after half of it. Nothing between steps lives in
// memory.
//
// # Plans and gates
//
// A sink that is a Planner is asked before anything is filed: what its documents
// would change stands in them then, value by value. Where that is more than the
// limits of the flow's Gate, or only a plan was asked for, the job is held:
//
//	prepare --> deliver --------------------------> reconcile --> closed
//	               held --release--> released ----^
//	                    --drop-----> dropped -----^   its documents are parked
//	                    --newer files bring all of it-^   they are superseded
//
// A held job is at deliver and leaves nothing. It holds up nobody: its lane goes on
// with others, and who needs its lane does not wait for it. What it booked does not
// count. A newer file supersedes its documents one by one, as it does those of any
// job; one that has none left goes on to be reconciled by itself.
//
// What wasl itself asks for, to put a job's changes back, to send balances once
// more, to do what was booked for today, is a Memo: a drop in the vault and a job of
// its flow with a plan, a gate and a line in the workbook, like a file's. But it
// never comes in by the inbox, where anybody may write; it is no file of its flow,
// so nothing is missing in it and nothing is held against it; and what it says is
// not the ERP's word.
//
// # Why
//
//   - Ledger, Vault and Queue are interfaces because a second implementation is
//     foreseen (several machines). There is no Engine interface: with two callers
//     of three methods there is nothing to abstract.
//   - Deliver works a lane, not a job: within a lane the order of sending is the
//     order of arrival, and what is unsure blocks the lane.
//   - A batch keeps its ID, its request and its sealed bytes until all of it is
//     final, so that sending it again is the same operation to the other side.
//   - Plan is asked once before a job is filed, and is pure after that, so that
//     no request to another machine is made inside a transaction.
//   - Reconcile works a day, not a job: a night of many files gives one workbook.
//   - A document states two totals, Money as the file says it and Out as its body
//     adds up to; a report that compared a number with itself would prove nothing.
package pipeline
