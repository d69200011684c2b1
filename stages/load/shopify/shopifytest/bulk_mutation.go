package shopifytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// Bounds of clientIdentifier, in characters.
const minClientIdentifier, maxClientIdentifier = 10, 255

// runBulkMutation is bulkOperationRunMutation. What is wrong with the text is said before what is wrong with the file.
func (s *Server) runBulkMutation(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		mutation, path := text(args["mutation"]), text(args["stagedUploadPath"])
		doc, errs := bulkMutationDocument(mutation)
		for _, check := range []func() []any{
			func() []any { return checkClientIdentifier(args["clientIdentifier"]) },
			func() []any { return s.checkBulkFile(path) },
			func() []any { return s.refusedAsBusy(bulkMutation) },
		} {
			if len(errs) == 0 {
				errs = check()
			}
		}
		if len(errs) > 0 {
			s.record.userErrors(x.req.call, errs)
			return object{"bulkOperation": nil, "userErrors": errs}, nil
		}
		o := s.newBulk(x, bulkMutation, mutation)
		o.client, o.doc = text(args["clientIdentifier"]), doc
		s.bulk.targets[path].used = true
		s.takeLines(o, s.bulk.targets[path].file.Data)
		s.start(o)
		return object{"bulkOperation": s.bulkObject(o), "userErrors": []any{}}, nil
	}
}

// bulkError is a userError whose field may be null and whose code may be.
func bulkError(field any, message string, code any) []any {
	if name, given := field.(string); given {
		field = []any{name}
	}
	return []any{object{"field": field, "message": message, "code": code}}
}

// bulkMutationDocument checks the text of a mutation in the order and in the words seen live; the text about a mutation
// that does not fit the schema was never recorded.
func bulkMutationDocument(text string) (document, []any) {
	parsed, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil || len(parsed.Operations) == 0 {
		return document{}, bulkError(nil, "Failed to parse the mutation - "+syntaxProblem(err), "INVALID_MUTATION")
	}
	if parsed.Operations[0].Operation != ast.Mutation {
		return document{}, bulkError(nil, "Invalid operation type. Only `mutation` operations are supported.", "INVALID_MUTATION")
	}
	roots := flatten(parsed.Operations[0].SelectionSet, nil, nil)
	if len(parsed.Operations) > 1 || len(roots) != 1 {
		return document{}, bulkError("mutation", "You must specify a single top level mutation.", nil)
	}
	if name := roots[0].Name; name == "bulkOperationRunMutation" || name == "bulkOperationRunQuery" || name == "bulkOperationCancel" {
		return document{}, bulkError("mutation", "You must use an allowed mutation name.", nil)
	}
	doc, errs := parse(payload{Query: text})
	if len(errs) > 0 {
		return doc, bulkError(nil, "Failed to validate the mutation - "+messageOf(errs[0]), "INVALID_MUTATION")
	}
	shape := bulkShape{}
	shape.walk(doc.op.SelectionSet, 0, false, nil)
	switch {
	case shape.connections > 1:
		return doc, bulkError("mutation", "Bulk mutations cannot contain more than 1 connection.", nil)
	case len(text) > maxBulkText:
		return doc, bulkError("query", fmt.Sprintf("is too large (%d bytes; maximum is %d bytes)", len(text), maxBulkText), "INVALID_MUTATION")
	}
	alwaysSynchronous(doc)
	return doc, nil
}

// alwaysSynchronous takes the argument away that would put work off: within a bulk operation productSet answers when it
// is done, whatever was asked for.
func alwaysSynchronous(doc document) {
	for _, selection := range doc.op.SelectionSet {
		if field, ok := selection.(*ast.Field); ok {
			field.Arguments = slices.DeleteFunc(field.Arguments, func(a *ast.Argument) bool { return a.Name == "synchronous" })
		}
	}
}

func syntaxProblem(err error) string {
	if err == nil {
		return "syntax error, unexpected end of file"
	}
	return messageOf(parseError(err))
}

func checkClientIdentifier(value any) []any {
	if value == nil {
		return nil
	}
	switch n := utf8.RuneCountInString(text(value)); {
	case n < minClientIdentifier:
		return bulkError("clientIdentifier", "is too short (minimum is 10 characters)", "INVALID_MUTATION")
	case n > maxClientIdentifier:
		return bulkError("clientIdentifier", "is too long (maximum is 255 characters)", "INVALID_MUTATION")
	}
	return nil
}

func (s *Server) checkBulkFile(path string) []any {
	t := s.bulk.targets[path]
	switch {
	case t == nil, t.file == nil, t.resource != "BULK_MUTATION_VARIABLES":
		return bulkError(nil, "The JSONL file could not be found. Try uploading the file again, and check that you've entered the URL correctly for the stagedUploadPath mutation argument.", "NO_SUCH_FILE")
	case len(bytes.TrimSpace(t.file.Data)) == 0:
		return bulkError(nil, "The input file is empty.", "INVALID_STAGED_UPLOAD_FILE")
	case len(t.file.Data) > s.opt.MaxBulkFile:
		return bulkError(nil, fmt.Sprintf("The input file size exceeds the maximum allowed size of %d MB.", s.opt.MaxBulkFile>>20), "INVALID_STAGED_UPLOAD_FILE")
	}
	return nil
}

// takeLines cuts the file into lines and puts them into the order in which they will be run: none that can be foreseen.
func (s *Server) takeLines(o *bulkOperation, file []byte) {
	var lines []bulkLine
	for number, raw := range bytes.Split(file, []byte("\n")) {
		if raw = bytes.TrimSpace(raw); len(raw) > 0 {
			lines = append(lines, bulkLine{number, raw})
		}
	}
	o.total = len(lines)
	if scopes := rootScopes[flatten(o.doc.op.SelectionSet, nil, nil)[0].Name]; scopes != nil && !s.granted(scopes) {
		o.errorCode = "ACCESS_DENIED" // found when it runs: no line is
		return
	}
	if o.plan.End != "" {
		lines = lines[:min(o.plan.After, len(lines))]
	}
	for _, i := range s.shuffled(o, 0, len(lines)) {
		o.waiting = append(o.waiting, lines[i])
	}
}

// runLines runs the next n lines.
func (s *Server) runLines(o *bulkOperation, n int) {
	n = min(n, len(o.waiting))
	for _, line := range o.waiting[:n] {
		o.results = append(o.results, bulkResult{line.number, s.runLine(o, line)})
		o.run++
	}
	o.waiting = o.waiting[n:]
}

// runLine runs the mutation with the variables of one line, by the executor that serves direct calls, free of points.
func (s *Server) runLine(o *bulkOperation, line bulkLine) []byte {
	parent := o.req.call
	call := &Call{Number: parent.Number, At: s.opt.Now(), Kind: KindBulkLine, Version: parent.Version, Operation: o.doc.op.Name,
		OperationType: "mutation", Variables: line.raw, RequestID: parent.RequestID}
	req := &request{http: o.req.http, version: o.req.version, call: call, payload: payload{Query: o.text, Variables: line.raw}}
	answer := s.answerLine(o, req)
	o.codes = append(o.codes, call.Codes...)
	text, err := json.Marshal(append(answer, member{"__lineNumber", line.number}))
	if err != nil {
		panic("shopifytest: answer of a line is no JSON: " + err.Error())
	}
	return text
}

func (s *Server) answerLine(o *bulkOperation, req *request) ordered {
	refuse := func(errs []any) ordered {
		s.record.answered(req.call, errs)
		s.record.note("bulk-line", req.call, "%s", messageOf(errs[0]))
		return ordered{{"errors", errs}}
	}
	vars, errs := coerceVariables(o.doc.op, req.payload.Variables)
	if len(errs) > 0 {
		return refuse(errs)
	}
	s.noteStrangers(o, req)
	if err := oversizedInput(o.doc.op, vars); err != nil {
		return refuse([]any{err})
	}
	x := &execution{s: s, req: req, doc: o.doc, vars: vars}
	data, _ := x.run()
	s.record.answered(req.call, x.errors)
	answer := ordered{{"data", data}}
	if len(x.errors) > 0 {
		answer = append(answer, member{"errors", x.errors})
	}
	return answer
}

// noteStrangers finds variables that the mutation does not declare: they are ignored, which nobody can have meant.
func (s *Server) noteStrangers(o *bulkOperation, req *request) {
	given := map[string]json.RawMessage{}
	_ = json.Unmarshal(req.payload.Variables, &given) // read before
	for _, name := range sortedKeys(given) {
		if o.doc.op.VariableDefinitions.ForName(name) == nil {
			s.record.note("bulk-line", req.call, "a line has the variable %s, which the mutation does not declare", name)
		}
	}
}
