package shopify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"wasl/stages/load/shopify/admin"
)

// on tells whether one of the kinds that are on needs a right.
func (c *checking) on(scope string) bool { return len(c.sink.needs(c.flows)[scope]) > 0 }

// publications lists where products and collections can be shown. Which of them a flow
// means stands in its settings, and its plan says so where there is none such.
func (c *checking) publications(ctx context.Context) error {
	if !c.on("write_publications") {
		return nil
	}
	var data struct {
		Publications struct {
			Nodes []struct {
				ID       string `json:"id"`
				Channels struct {
					Nodes []struct {
						Handle string `json:"handle"`
					} `json:"nodes"`
				} `json:"channels"`
			} `json:"nodes"`
		} `json:"publications"`
	}
	if _, err := c.read(ctx, publicationsPage, &data); err != nil {
		return err
	}
	for _, p := range data.Publications.Nodes {
		name := p.ID
		for _, channel := range p.Channels.Nodes {
			name += " " + channel.Handle
		}
		c.fact("shop.publication", name)
	}
	if len(data.Publications.Nodes) == 0 {
		c.wrong("publication.unknown", map[string]string{"given": onlineStore, "known": "-"})
	}
	return nil
}

// ownDefinitions reads the definitions of our keys.
var ownDefinitions = admin.Operation{Name: "OwnDefinitions", Cost: 15, Text: `query OwnDefinitions {` + definitionQueries() + `
}`}

func definitionQueries() string {
	var b strings.Builder
	for _, owner := range slices.Sorted(maps.Keys(keyNames)) {
		b.WriteString("\n  " + owner + `: metafieldDefinitions(first: 1, ownerType: ` + owner + `, namespace: "` + ownNamespace + `", key: "` + keyNames[owner].key +
			`") { nodes { type { name } capabilities { uniqueValues { enabled } } } }`)
	}
	return b.String()
}

// keys tells which of our keys the shop has a definition of. What it lacks is made
// when it is first needed, for which writing products is enough; one of another type
// is in the way.
func (c *checking) keys(ctx context.Context) error {
	if !c.on("write_products") {
		return nil
	}
	var data map[string]struct {
		Nodes []struct {
			Type struct {
				Name string `json:"name"`
			} `json:"type"`
			Capabilities struct {
				Unique struct {
					Enabled bool `json:"enabled"`
				} `json:"uniqueValues"`
			} `json:"capabilities"`
		} `json:"nodes"`
	}
	if _, err := c.read(ctx, ownDefinitions, &data); err != nil {
		return err
	}
	for _, owner := range slices.Sorted(maps.Keys(keyNames)) {
		name, there := ownNamespace+"."+keyNames[owner].key, data[owner].Nodes
		switch {
		case len(there) == 0:
			c.fact("shop.key.none", name)
		case there[0].Type.Name != "id" || !there[0].Capabilities.Unique.Enabled:
			c.wrong("key.type", map[string]string{"key": name, "type": there[0].Type.Name})
		default:
			c.fact("shop.key", name)
		}
	}
	return nil
}
