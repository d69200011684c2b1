package ledger

import (
	"testing"
	"time"

	"wasl/pipeline"
)

func inLaneOf(key, lane string) pipeline.Document {
	d := doc(key, "1")
	d.Lane = lane
	return d
}

func namesIn(b pipeline.Batch) (keys string) {
	for _, d := range b.Docs {
		keys += d.Key + " "
	}
	return keys
}

// Documents of one job leave by the lanes that they name, a batch of one lane each; one
// that is unsure stops its own lane only, and in a closed one nothing is taken.
func TestLanes_DocumentsOfAJobLeaveByTheirOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "sales", Lane: "tax", Lanes: []string{"tax/a", "tax/b", "tax/c"}, Closed: []string{"tax/c"}, Kind: pipeline.Kind{Name: "kind",
		Chain: func(d pipeline.Document) string { return d.Lane },
		Seal: func(d pipeline.Document, l pipeline.Link, _ time.Time) ([]byte, string, string, error) {
			return []byte(l.Head + ">" + d.Key), d.Key, d.Key, nil
		}}})
	w.file(w.admit("sales"), true, inLaneOf("1", "tax/a"), inLaneOf("2", "tax/b"), inLaneOf("3", "tax/a"), inLaneOf("4", "tax/c"), inLaneOf("5", "tax"))
	a := w.take("tax/a")
	if got := namesIn(a); got != "1 3 " || string(a.Docs[1].Sealed) != "1>3" {
		t.Errorf("lane a took %s, sealed %s", got, a.Docs[1].Sealed)
	}
	if more := w.take("tax/a"); len(more.Docs) != 0 {
		t.Errorf("lane a took %s beside what is unsure", namesIn(more))
	}
	b := w.take("tax/b")
	if got := namesIn(b); got != "2 " || string(b.Docs[0].Sealed) != ">2" {
		t.Errorf("lane b took %s, sealed %s", got, b.Docs[0].Sealed)
	}
	if c := w.take("tax/c"); len(c.Docs) != 0 {
		t.Errorf("the closed lane took %s", namesIn(c))
	}
	if due := w.next("tax/c"); due.Step != "" {
		t.Errorf("the closed lane is to %s", due.Step)
	}
	if own := w.take("tax"); namesIn(own) != "5 " {
		t.Errorf("the flow's own lane took %s", namesIn(own))
	} else {
		w.settle(own, pipeline.Delivered)
	}
	w.settle(b, pipeline.Delivered)
	w.settle(a, pipeline.Delivered)
	want(t, "steps", w.steps(), "0001 deliver") // document 4 waits
}
