//go:build unix

package eta

import (
	"encoding/json"
	"syscall"
	"testing"
	"time"

	"wasl/pipeline"
)

// cpu is the processor time that this process has used.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkSeal_AgainstStruct is P11 of PERFORMANCE.md: receipts of 20 lines sealed in a second of one core, and how many
// times as many as with encoding/json, which has to write a struct without its uuid, to be hashed, and once more with it.
// Beside them the SHA-256 alone, which was 256,000/s where the goals were set: that tells how fast this machine is now.
// All take turns, and processor time counts, so other work on the machine makes little difference.
func BenchmarkSeal_AgainstStruct(b *testing.B) {
	const turn = 100
	s := demoSink(b, nil)
	doc, seal := twenty(b, s), s.Kinds()[0].Seal
	at := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	receipt := structOf(b, s)
	text, err := canonical(doc.Body)
	if err != nil {
		b.Fatal(err)
	}
	var ours, theirs, hashes time.Duration
	head := ""
	turnOf := func(spent *time.Duration, do func()) {
		start := cpu()
		for range turn {
			do()
		}
		*spent += cpu() - start
	}
	for b.Loop() {
		turnOf(&ours, func() {
			if _, _, head, err = seal(doc, pipeline.Link{Head: head}, at); err != nil {
				b.Fatal(err)
			}
		})
		turnOf(&theirs, func() {
			for range 2 {
				written, err := json.Marshal(receipt)
				if err != nil {
					b.Fatal(err)
				}
				text = written
			}
			hash(text)
		})
		turnOf(&hashes, func() { hash(text) })
	}
	each := float64(turn * b.N)
	b.ReportMetric(each/ours.Seconds(), "receipts/s-core")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x-struct")
	b.ReportMetric(each/hashes.Seconds(), "hashes/s-core")
	b.ReportMetric(float64(len(doc.Body)), "bytes")
}
