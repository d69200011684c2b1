package shopifytest

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// keyLife is how long a key is remembered.
const keyLife = 24 * time.Hour

type attemptState int

const (
	attemptRunning attemptState = iota
	attemptDone
	attemptFailed
)

// attempt is what is known of a key.
type attempt struct {
	mutation    string
	fingerprint string // the variables as they were written: the order of fields counts
	began       time.Time
	state       attemptState
	result      object
	effects     []Effect
}

// idempotencyKey reads @idempotent(key:), which the schema leaves open and 2026-04 made compulsory.
func idempotencyKey(x *execution, field *ast.Field) (string, error) {
	directive := field.Directives.ForName("idempotent")
	if directive == nil {
		x.s.record.note("key-missing", x.req.call, "%s without @idempotent", field.Name)
		return "", &fieldError{code: "BAD_REQUEST", message: "The @idempotent directive is required for this mutation but was not provided."}
	}
	key := text(directive.ArgumentMap(x.vars)["key"])
	if strings.TrimSpace(key) == "" {
		x.s.record.note("key-missing", x.req.call, "%s with an empty key", field.Name)
		return "", &fieldError{code: "BAD_REQUEST", message: "The idempotency key cannot be an empty string or whitespace only."}
	}
	return key, nil
}

// claim takes the key for this request. An answer means that nothing is to be done any more.
func (s *Server) claim(x *execution, mutation, key string) (*attempt, object) {
	mark := fingerprint(x)
	a := s.keys[key]
	if a != nil && !s.opt.Now().Before(a.began.Add(keyLife)) {
		a = nil // forgotten: the same key is a new operation
	}
	switch {
	case a == nil:
		a = &attempt{mutation: mutation, fingerprint: mark, began: s.opt.Now()}
		s.keys[key] = a
		return a, nil
	case a.mutation != mutation || a.fingerprint != mark:
		s.record.note("key-mismatch", x.req.call, "key %s was used with other parameters before", key)
		return nil, s.keyError(x, "IDEMPOTENCY_KEY_PARAMETER_MISMATCH",
			"The same idempotency key cannot be used with different operation parameters.")
	case a.state == attemptRunning:
		return nil, s.keyError(x, "IDEMPOTENCY_CONCURRENT_REQUEST", "This request is currently in progress, please try again.")
	case a.state == attemptFailed:
		return nil, s.keyError(x, "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED",
			"A previous request with this idempotency key failed. Retry with a new idempotency key.")
	}
	x.req.call.Replay = true
	if stale := s.recheck(x); stale != nil {
		return nil, stale
	}
	return nil, a.result
}

// recheck compares again on repetition, where Options.ReplayRechecks asks for it. Nothing is written.
func (s *Server) recheck(x *execution) object {
	field := x.doc.op.SelectionSet[0].(*ast.Field)
	input, _ := field.ArgumentMap(x.vars)["input"].(object)
	if !s.opt.ReplayRechecks || len(s.checkTargets(quantityRows(input))) > 0 {
		return nil
	}
	errs := s.checkChangeFrom(quantityRows(input), text(input["name"]))
	if len(errs) == 0 {
		return nil
	}
	s.record.userErrors(x.req.call, errs)
	return object{"inventoryAdjustmentGroup": nil, "userErrors": errs}
}

// keyError is a userError without a field.
func (s *Server) keyError(x *execution, code, message string) object {
	errs := []any{object{"field": nil, "message": message, "code": code}}
	s.record.userErrors(x.req.call, errs)
	return object{"inventoryAdjustmentGroup": nil, "inventoryLevel": nil, "userErrors": errs}
}

// settle remembers how the attempt ended.
func (s *Server) settle(a *attempt, result object, effects []Effect) {
	a.state, a.result, a.effects = attemptDone, result, effects
	if errs, _ := result["userErrors"].([]any); len(errs) > 0 {
		a.state = attemptFailed
	}
}

func fingerprint(x *execution) string {
	var compact bytes.Buffer
	if err := json.Compact(&compact, x.req.payload.Variables); err != nil {
		compact.Reset() // no variables
	}
	if compact.Len() > 0 && len(x.doc.op.VariableDefinitions) > 0 {
		return compact.String()
	}
	return x.req.payload.Query // everything stands in the document
}
