package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// extraFields are kept although no operation document uses them: what a set-up command, a person with a query
// window or a neighbouring flow is likely to ask, so that the stand-in answers "not implemented" instead of "no such
// field".
var extraFields = map[string][]string{
	"QueryRoot": {
		"bulkOperations", "currentBulkOperation", "inventoryItem", "inventoryItems", "inventoryLevel", "locations",
		"metafieldDefinition", "node", "nodes", "order", "orders", "product", "productVariant", "productVariantByIdentifier",
		"productVariants", "products", "productsCount", "publication", "collections", "files", "collection",
	},
	"Product":        {"collections", "metafields", "resourcePublications", "seo"},
	"ProductVariant": {"metafields"},
	"Collection":     {"metafields", "resourcePublications", "seo"},
	"InventoryItem":  {"measurement"},
	"Mutation": {
		"inventoryMoveQuantities", "inventorySetOnHandQuantities", "metafieldDefinitionUpdate", "metafieldsDelete",
		"orderOpen", "productChangeStatus", "productCreateMedia", "tagsRemove",
	},
}

// keeper collects what stays of the full schema.
type keeper struct {
	full   *ast.Schema
	types  map[string]bool            // name of type
	fields map[string]map[string]bool // output type -> field
}

func newKeeper(full *ast.Schema) *keeper {
	k := &keeper{full: full, types: map[string]bool{}, fields: map[string]map[string]bool{}}
	k.keepType(full.Query.Name)
	k.keepType(full.Mutation.Name)
	return k
}

func (k *keeper) keepDocument(doc *ast.QueryDocument) {
	for _, op := range doc.Operations {
		for _, v := range op.VariableDefinitions {
			k.keepType(v.Type.Name())
		}
		k.keepSelection(op.SelectionSet)
	}
	for _, fragment := range doc.Fragments {
		k.keepType(fragment.TypeCondition)
		k.keepSelection(fragment.SelectionSet)
	}
}

func (k *keeper) keepSelection(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if s.ObjectDefinition != nil && s.Definition != nil && s.Name != "__typename" {
				k.keepField(s.ObjectDefinition, s.Definition)
			}
			k.keepSelection(s.SelectionSet)
		case *ast.InlineFragment:
			if s.TypeCondition != "" {
				k.keepType(s.TypeCondition)
			}
			k.keepSelection(s.SelectionSet)
		}
	}
}

func (k *keeper) keepExtras() {
	for _, owner := range slices.Sorted(maps.Keys(extraFields)) {
		for _, name := range extraFields[owner] {
			if def := k.full.Types[owner].Fields.ForName(name); def != nil {
				k.keepField(k.full.Types[owner], def)
			}
		}
	}
}

func (k *keeper) keepField(owner *ast.Definition, field *ast.FieldDefinition) bool {
	k.keepType(owner.Name)
	if k.fields[owner.Name] == nil {
		k.fields[owner.Name] = map[string]bool{}
	}
	if k.fields[owner.Name][field.Name] {
		return false
	}
	k.fields[owner.Name][field.Name] = true
	k.keepType(field.Type.Name())
	for _, arg := range field.Arguments {
		k.keepType(arg.Type.Name())
	}
	return true
}

// keepType keeps scalars and enums whole, and input objects with everything below them.
func (k *keeper) keepType(name string) {
	if k.types[name] {
		return
	}
	k.types[name] = true
	if def := k.full.Types[name]; def.Kind == ast.InputObject {
		for _, field := range def.Fields {
			k.keepType(field.Type.Name())
		}
	}
}

// close adds what the kept types need to be whole, until nothing more is added.
func (k *keeper) close() {
	for again := true; again; {
		again = false
		for _, name := range slices.Sorted(maps.Keys(k.types)) {
			def := k.full.Types[name]
			switch def.Kind {
			case ast.Object, ast.Interface:
				again = k.closeFields(def) || again
			}
			if def.IsAbstractType() {
				again = k.closeAbstract(def) || again
			}
		}
	}
}

// closeFields keeps every field whose type costs nothing more: leaf fields, and those of types that stay anyway;
// deprecated ones too, so that their use is seen. A payload is kept whole. On Mutation it adds nothing: there only the
// operations and extraFields decide.
func (k *keeper) closeFields(def *ast.Definition) bool {
	added := false
	for _, field := range def.Fields {
		if def.Name == k.full.Mutation.Name || introspective(field.Name) {
			continue
		}
		free := k.full.Types[field.Type.Name()].IsLeafType() || k.types[field.Type.Name()]
		if free || keptWhole(def.Name) {
			added = k.keepField(def, field) || added
		}
	}
	for _, name := range def.Interfaces {
		for field := range k.fields[name] {
			added = k.keepField(def, def.Fields.ForName(field)) || added
		}
	}
	return added
}

// keptWhole says which types lose no field: what a mutation answers, and the parts of a connection, which direct calls
// read by nodes and bulk queries by edges.
func keptWhole(name string) bool {
	return strings.HasSuffix(name, "Payload") || strings.HasSuffix(name, "Connection") || strings.HasSuffix(name, "Edge")
}

// closeAbstract makes sure that an interface or union has members.
func (k *keeper) closeAbstract(def *ast.Definition) bool {
	members := k.full.GetPossibleTypes(def)
	if slices.ContainsFunc(members, func(m *ast.Definition) bool { return k.types[m.Name] }) {
		return false
	}
	for _, m := range members {
		k.keepType(m.Name)
	}
	return len(members) > 0
}

func introspective(field string) bool { return strings.HasPrefix(field, "__") }

// pruned builds the schema that stays, sorted throughout.
func (k *keeper) pruned() *ast.Schema {
	out := &ast.Schema{Types: map[string]*ast.Definition{}, Directives: map[string]*ast.DirectiveDefinition{}}
	for name := range k.types {
		if def := k.full.Types[name]; !def.BuiltIn {
			out.Types[name] = k.prunedType(def)
		}
	}
	for name, directive := range k.full.Directives {
		if directive.Position == nil || directive.Position.Src == nil || !directive.Position.Src.BuiltIn {
			out.Directives[name] = directive
		}
	}
	out.Query, out.Mutation = out.Types[k.full.Query.Name], out.Types[k.full.Mutation.Name]
	return out
}

func (k *keeper) prunedType(def *ast.Definition) *ast.Definition {
	small := &ast.Definition{Kind: def.Kind, Name: def.Name, Directives: def.Directives, Position: def.Position}
	for _, name := range slices.Sorted(slices.Values(def.Interfaces)) {
		if k.types[name] {
			small.Interfaces = append(small.Interfaces, name)
		}
	}
	for _, name := range slices.Sorted(slices.Values(def.Types)) {
		if k.types[name] {
			small.Types = append(small.Types, name)
		}
	}
	small.EnumValues = slices.SortedFunc(slices.Values(def.EnumValues), func(a, b *ast.EnumValueDefinition) int {
		return cmp.Compare(a.Name, b.Name)
	})
	for _, field := range def.Fields {
		if def.Kind == ast.InputObject || k.fields[def.Name][field.Name] {
			small.Fields = append(small.Fields, prunedField(field))
		}
	}
	slices.SortFunc(small.Fields, func(a, b *ast.FieldDefinition) int { return cmp.Compare(a.Name, b.Name) })
	return small
}

func prunedField(field *ast.FieldDefinition) *ast.FieldDefinition {
	small := *field
	small.Arguments = slices.SortedFunc(slices.Values(field.Arguments), func(a, b *ast.ArgumentDefinition) int {
		return cmp.Compare(a.Name, b.Name)
	})
	return &small
}
