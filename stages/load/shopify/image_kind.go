package shopify

import "wasl/pipeline"

// mostMedia is how many pictures and films a product has at most.
const mostMedia = 250

const kindImage = "shopify.image"

// imageDesk keeps the pictures of products.
type imageDesk struct{ *Sink }

// galleriesPerBatch is how many documents leave together: with two pictures each
// they are uploaded, asked about and hung up in one call each.
const galleriesPerBatch = 100

func (s imageDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    kindImage,
		Help:    "the pictures of an item: added, replaced, put in order, and shown by its variants",
		GroupBy: []string{"code"},
		Settled: true,
		Last:    true,
		Build:   buildImages,
		Batch:   galleriesPerBatch,
		Fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the code of an item or of a group; CODE-RED is the variant RED of CODE"},
			{Name: "image", Type: pipeline.Text, Required: true, Help: "where Shopify fetches it: https://…; or the name of a file that lies in the folder of pictures"},
			{Name: "position", Type: pipeline.Quantity, Help: "its place among the item's pictures, from 1; position 1 goes in front of all others, those put there by hand too. Without it: the order of the rows, behind what is there"},
			{Name: "alt", Type: pipeline.Text, Help: "the text for who cannot see it"},
			{Name: "variant", Type: pipeline.Code, Help: "the variants that show it: a code, or a value of an option such as Red"},
			{Name: "sha256", Type: pipeline.Code, Help: "the hash of its bytes: of an address it tells that what lies there has changed; of a file it is a must"},
			{Name: "remove", Type: pipeline.Bool, Help: "yes: this picture is deleted"},
		},
		Settings: []pipeline.Setting{
			{Name: "complete", Type: pipeline.Bool, Default: "false", Help: "the file lists all pictures: those that wasl put there and that are not in it are deleted, behind the gate"},
			{Name: "delete", Type: pipeline.Text, Choices: []string{takeDetach, takeFile}, Default: takeDetach, Help: "a picture that goes is only taken from its product (detach), or deleted for good (file), which cannot be undone"},
			{Name: "on_stale", Type: pipeline.Text, Choices: []string{staleERP, staleHold}, Default: staleERP, Help: "a text that somebody changed between plan and sending: overwritten (erp), or held for a person (hold)"},
		},
	}
}
