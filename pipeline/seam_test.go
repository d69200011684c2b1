package pipeline_test

import (
	"context"
	"encoding/json"
	"reflect"
	"testing"

	"wasl/pipeline"
)

// TestSeam keeps the steps fit for an engine of another machine: every exported
// method of Steps takes a context and one small JSON value and returns another
// and an error.
func TestSeam(t *testing.T) {
	steps := reflect.TypeFor[*pipeline.Steps]()
	ctx, failure := reflect.TypeFor[context.Context](), reflect.TypeFor[error]()
	want := map[string]bool{"Prepare": true, "Deliver": true, "Reconcile": true}
	for i := range steps.NumMethod() {
		m := steps.Method(i)
		delete(want, m.Name)
		if m.Type.NumIn() != 3 || m.Type.In(1) != ctx || m.Type.NumOut() != 2 || m.Type.Out(1) != failure {
			t.Errorf("Steps.%s is %s: a step is func(context.Context, In) (Out, error)", m.Name, m.Type)
			continue
		}
		for _, v := range []reflect.Type{m.Type.In(2), m.Type.Out(0)} {
			there := reflect.New(v)
			text, err := json.Marshal(there.Interface())
			if err != nil {
				t.Errorf("Steps.%s: %s does not become JSON: %v", m.Name, v, err)
				continue
			}
			if err := json.Unmarshal(text, there.Interface()); err != nil {
				t.Errorf("Steps.%s: %s does not come back from JSON: %v", m.Name, v, err)
			}
		}
	}
	for name := range want {
		t.Errorf("Steps has no method %s", name)
	}
}
