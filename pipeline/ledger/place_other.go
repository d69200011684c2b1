//go:build !linux

package ledger

// placeOf cannot tell on this system: a restored ledger is recognised by its witnesses.
func placeOf(string) string { return "" }
