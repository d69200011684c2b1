package eta

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
)

// sizes are how many receipts each submission held, in order.
func (n *night) sizes() []int {
	var out []int
	for _, r := range n.server.Requests() {
		if r.Endpoint == etatest.Submit {
			out = append(out, bytes.Count(r.Body, []byte(`"receiptNumber":"`)))
		}
	}
	return out
}

// brief writes sizes with the repeated ones counted: 200 50 1x150.
func briefly(sizes []int) string {
	var out []string
	for i := 0; i < len(sizes); {
		same := i
		for same < len(sizes) && sizes[same] == sizes[i] {
			same++
		}
		text := fmt.Sprint(sizes[i])
		if same-i > 1 {
			text += fmt.Sprintf("x%d", same-i)
		}
		out, i = append(out, text), same
	}
	return strings.Join(out, " ")
}

// TestSend_AfterALostAnswer: what is sent again after a lost answer leaves in batches of 50, and those of which it
// is lost again one by one (RELIABILITY 3.2). An answer that is lost though the receipts were taken sends nothing again.
func TestSend_AfterALostAnswer(t *testing.T) {
	t.Parallel()
	for faults, want := range map[string]string{
		"submit:1:reset-before":                    "110 50x2 10",
		"submit:1-2:status=500":                    "110 50 1x50 50 10",
		"submit:1:status=500,submit:3:status=503":  "110 50x2 1x50 10",
		"submit:1:reset-after":                     "110",
		"submit:1:status=429,submit:2:status=429":  "110x3", // nothing was taken, for certain
		"submit:1:half":                            "110",
		"submit:1:status=422,submit:2:status=422":  "110 50 1x50 50 10",
		"submit:1:status=408,submit:2:status=429":  "110 50x3 10",
		"submit:1:status=302,submit:2:reset-after": "110 50x2 10",
	} {
		t.Run(faults, func(t *testing.T) {
			t.Parallel()
			n := newNight(t, etatest.Options{StrictChain: true, Duplicates: etatest.DuplicatesForgiving, DuplicateWindow: -1}, nil)
			for fault := range strings.SplitSeq(faults, ",submit") {
				if !strings.HasPrefix(fault, "submit") {
					fault = "submit" + fault
				}
				plan, err := etatest.ParseFault(fault)
				if err != nil {
					t.Fatal(err)
				}
				n.server.Plan(plan)
			}
			n.fill(110)
			n.run(400)
			n.wantAll(pipeline.Delivered)
			if got := briefly(n.sizes()); got != want {
				t.Errorf("submissions of %s, want %s", got, want)
			}
		})
	}
}

// TestSend_LostForEver: a receipt over which the authority stumbles whenever it sees it is found, with everything before
// it filed once. Nothing passes it, and after two hours a person has to decide.
func TestSend_LostForEver(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{StrictChain: true, Duplicates: etatest.DuplicatesForgiving}, nil)
	n.fill(120)
	bad := n.docs[70]
	n.server.Plan(etatest.Plan{On: etatest.Submit, From: 1, To: etatest.Always, Fault: etatest.Fault{Status: 500, Names: "#1070-5500001070"}})
	began := n.clock.Now()
	var trouble *pipeline.Trouble
	for range 400 {
		n.step(t.Context())
		if len(n.errs) > 0 {
			if tr, ok := errors.AsType[*pipeline.Trouble](n.errs[len(n.errs)-1]); ok && tr.Rule == "eta.unknown" {
				trouble = tr
				break
			}
		}
	}
	if trouble == nil || trouble.Rule != "eta.unknown" || trouble.With["name"] != "#1070" || trouble.With["uuid"] != bad.Ref {
		t.Fatalf("trouble %v after %s; errors %v", trouble, n.clock.Now().Sub(began), n.errs[max(0, len(n.errs)-3):])
	}
	if got := n.clock.Now().Sub(began); got < 2*time.Hour || got > 3*time.Hour {
		t.Errorf("a person was asked after %s", got)
	}
	if got := n.states(); got[pipeline.Delivered] != 70 || got[pipeline.Sending] != 1 || got[pipeline.Ready] != 49 {
		t.Errorf("states %v", got)
	}
	if got := briefly(n.sizes()); !strings.HasPrefix(got, "120 50x2 1x") {
		t.Errorf("submissions of %s", got)
	}
	bad.State = pipeline.Rejected // somebody decides
	n.run(200)
	if got := n.states(); got[pipeline.Delivered] != 119 {
		t.Errorf("states %v", got)
	}
	n.wantClean()
}

// TestSend_Unreadable: a receipt that the authority cannot read makes it refuse the whole submission. It is found by
// halves, and refused alone; the others are filed once, in the order of their chain.
func TestSend_Unreadable(t *testing.T) {
	t.Parallel()
	body := `{"error":{"code":"BadStructure","message":"Request body is not in the expected structure","details":[{"code":"Structure","message":"unknown unit","propertyPath":"itemData[0].unitType"}]}}`
	for _, at := range []int{0, 1, 37, 98, 99} {
		n := newNight(t, etatest.Options{StrictChain: true, Duplicates: etatest.DuplicatesForgiving}, nil)
		n.fill(100)
		bad := n.docs[at]
		n.server.Plan(etatest.Plan{On: etatest.Submit, From: 1, To: etatest.Always,
			Fault: etatest.Fault{Status: 400, Body: body, Names: fmt.Sprintf("#%d-55%08d", 1000+at, 1000+at)}})
		n.run(200)
		if got := n.states(); got[pipeline.Delivered] != 99 || bad.State != pipeline.Rejected {
			t.Errorf("%d: states %v; errors %v", at, got, n.errs)
		}
		why := n.why[bad.Key]
		if len(why) != 1 || why[0].Rule != "eta.rejected" || why[0].Field != "item.unit" || why[0].Row != 2 {
			t.Errorf("%d: why %v", at, why)
		}
		if got := len(n.sizes()); got > 40 {
			t.Errorf("%d: %d submissions: %s", at, got, briefly(n.sizes()))
		}
		n.wantClean()
	}
	// All of them: it lies with the form, not with the receipts, and an operator has to look.
	n := newNight(t, etatest.Options{}, nil)
	n.server.Plan(etatest.Plan{On: etatest.Submit, From: 1, To: etatest.Always, Fault: etatest.Fault{Status: 400, Body: body}})
	n.fill(9)
	for range 8 {
		n.step(t.Context())
	}
	if trouble, ok := errors.AsType[*pipeline.Trouble](n.errs[len(n.errs)-1]); !ok || trouble.Rule != "eta.badstructure" || n.states()[pipeline.Ready] != 9 {
		t.Errorf("errors %v, states %v", n.errs, n.states())
	}
	n.server.ClearFaults()
	n.run(60)
	n.wantAll(pipeline.Delivered)
}
