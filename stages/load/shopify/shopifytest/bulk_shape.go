package shopifytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// bulkShape is what the rules of bulk operations look at in a document.
type bulkShape struct {
	connections int
	depth       int
	withNodes   []string // connections that select nodes
	withOther   []string // connections that select anything but edges { node }
	withoutID   []string // connections with children whose node does not select id
	inList      bool     // a connection stands below a list
}

// bulkParent is the connection that a field stands below.
type bulkParent struct {
	name  string
	hasID bool
}

// walk looks at the fields below one place.
func (b *bulkShape) walk(set ast.SelectionSet, depth int, inList bool, parent *bulkParent) {
	for _, field := range flatten(set, nil, nil) {
		if field.Name == "__typename" || len(field.SelectionSet) == 0 {
			continue
		}
		if isConnection(loadedSchema().Types[field.Definition.Type.Name()]) {
			b.connection(field, depth+1, inList, parent)
			continue
		}
		b.walk(field.SelectionSet, depth, inList || field.Definition.Type.Elem != nil, parent)
	}
}

func (b *bulkShape) connection(field *ast.Field, depth int, inList bool, parent *bulkParent) {
	b.connections++
	b.depth = max(b.depth, depth)
	b.inList = b.inList || inList
	if parent != nil && !parent.hasID && !slices.Contains(b.withoutID, parent.name) {
		b.withoutID = append(b.withoutID, parent.name)
	}
	for _, part := range flatten(field.SelectionSet, nil, nil) {
		switch part.Name {
		case "edges":
			b.edges(field, part, depth, inList)
		case "nodes":
			b.withNodes = append(b.withNodes, field.Name)
			b.walk(part.SelectionSet, depth, inList, &bulkParent{field.Name, true})
		default:
			b.withOther = append(b.withOther, field.Name)
		}
	}
}

func (b *bulkShape) edges(connection, edges *ast.Field, depth int, inList bool) {
	for _, part := range flatten(edges.SelectionSet, nil, nil) {
		if part.Name != "node" {
			b.withOther = append(b.withOther, connection.Name)
			continue
		}
		hasID := slices.ContainsFunc(flatten(part.SelectionSet, nil, nil), func(f *ast.Field) bool { return f.Name == "id" && f.Alias == "id" })
		b.walk(part.SelectionSet, depth, inList, &bulkParent{connection.Name, hasID})
	}
}

// bulkQueryDocument checks the text of a bulk query, in the words seen live.
func bulkQueryDocument(text string) (document, []any) {
	invalid := func(messages ...string) []any {
		var errs []any
		for _, m := range messages {
			errs = append(errs, userError(m, "INVALID", "query"))
		}
		return errs
	}
	parsed, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil || len(parsed.Operations) == 0 {
		return document{}, invalid("Invalid bulk query: " + syntaxProblem(err))
	}
	if parsed.Operations[0].Operation != ast.Query {
		return document{}, invalid("Invalid operation type. Only `query` operations are supported.")
	}
	doc, errs := parse(payload{Query: text})
	if len(errs) > 0 {
		return doc, invalid("Invalid bulk query: " + messageOf(errs[0]))
	}
	if len(doc.op.VariableDefinitions) > 0 { // nobody could give their values
		return doc, invalid("Invalid bulk query: variables are not supported")
	}
	if messages := bulkQueryProblems(doc); len(messages) > 0 {
		return doc, invalid(messages...)
	}
	if len(text) > maxBulkText {
		return doc, invalid(fmt.Sprintf("Query is too large (%d bytes; maximum is %d bytes)", len(text), maxBulkText))
	}
	return doc, nil
}

func bulkQueryProblems(doc document) (out []string) {
	shape := bulkShape{}
	shape.walk(doc.op.SelectionSet, 0, false, nil)
	topNode := slices.ContainsFunc(flatten(doc.op.SelectionSet, nil, nil), func(f *ast.Field) bool { return f.Name == "node" || f.Name == "nodes" })
	for _, names := range [][]string{shape.withNodes, shape.withOther} {
		if len(names) > 0 {
			out = append(out, fmt.Sprintf("All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: '%s { edges { node {'. "+
				"Selecting via 'nodes' is not supported. Invalid connection fields: '%s'.", names[0], strings.Join(names, "', '")))
		}
	}
	add := func(wrong bool, message string) {
		if wrong {
			out = append(out, message)
		}
	}
	add(topNode, "Bulk queries cannot contain a top level `node` field.")
	add(shape.depth > 2, "Bulk queries cannot contain connections with a nesting depth greater than 2.")
	add(shape.connections > 5, "Bulk queries cannot contain more than 5 connections.")
	add(len(shape.withoutID) > 0, "The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': "+
		strings.Join(shape.withoutID, ", ")+".")
	add(shape.inList, "Queries that contain a connection field within a list field are not currently supported.")
	add(shape.connections == 0, "Bulk queries must contain at least one connection.")
	return out
}
