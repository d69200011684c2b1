package pipeline

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMemo_RoundTrip(t *testing.T) {
	t.Parallel()
	m := Memo{Why: MemoUndo, Of: Job{Drop: "20261124-0001", Flow: "stock"}, Flow: "stock", By: "نور", Reason: "a \"wrong\"\nfile <1>", All: true, Hold: true,
		Docs: []MemoLine{
			{Key: "stock/A\u2028-1", Name: "A-1 @ 01", Body: json.RawMessage(`{"q":"1.50","t":"<&>"}`), Sent: json.RawMessage(`{"q":"2"}`),
				Words: []string{"A-1"}, From: []Origin{{File: "س.csv", Row: 7, Column: "كمية"}}},
			{Key: "b", Body: json.RawMessage(`"x"`), Print: "p"},
		}}
	var text bytes.Buffer
	if err := m.Write(&text); err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(text.String(), "\n"); lines != 3 {
		t.Errorf("%d lines, want one each:\n%s", lines, text.String())
	}
	got, err := ReadMemo(&text)
	if err != nil {
		t.Fatal(err)
	}
	m.Version = memoVersion
	if diff := cmp.Diff(m, got, cmp.Comparer(func(a, b json.RawMessage) bool { return sameJSON(t, a, b) })); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
}

// sameJSON tells whether two texts say the same, escaped or not.
func sameJSON(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return cmp.Equal(x, y)
}

// What is no memo whole is no memo: half a one would put back half a job.
func TestReadMemo_Bad(t *testing.T) {
	t.Parallel()
	const head = `{"wasl":1,"why":"undo","flow":"stock"}` + "\n"
	for name, text := range map[string]string{
		"nothing":           "",
		"no JSON":           "SKU,Qty\nA,1\n",
		"no form":           "{}\n",
		"a later form":      `{"wasl":2,"why":"undo","flow":"stock"}`,
		"no reason":         `{"wasl":1,"flow":"stock"}`,
		"an unknown reason": `{"wasl":1,"why":"wish","flow":"stock"}`,
		"cut off":           head + `{"key":"a","body":{"q":`,
		"a list":            head + `["a"]`,
		"no key":            head + `{"body":{}}`,
		"no body":           head + `{"key":"a"}`,
		"a body of null":    head + `{"key":"a","body":null}`,
		"something after":   head + `{"key":"a","body":1}` + "\nend",
	} {
		if m, err := ReadMemo(strings.NewReader(text)); err == nil {
			t.Errorf("%s: read %+v", name, m)
		}
	}
	if m, err := ReadMemo(strings.NewReader(head)); err != nil || len(m.Docs) != 0 {
		t.Errorf("a memo without wishes: %+v, %v", m, err)
	}
}

func FuzzReadMemo(f *testing.F) {
	f.Add([]byte(`{"wasl":1,"why":"undo","flow":"stock"}` + "\n" + `{"key":"a","body":{"q":"1"}}`))
	f.Add([]byte(`{"wasl":1,"why":"booking","flow":""}{"key":"a","body":0}{"key":"a","body":[]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := ReadMemo(bytes.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := m.Write(&again); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if same, err := ReadMemo(&again); err != nil || len(same.Docs) != len(m.Docs) || same.Why != m.Why || same.Flow != m.Flow {
			t.Fatalf("written and read again it is %+v, %v", same, err)
		}
	})
}
