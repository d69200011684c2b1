package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/vault"
	"wasl/stages/inbox"
)

// pictures are those of the folder that shopify.images names; nil where it names
// none, or the shop is switched off.
func (h *house) pictures() (*inbox.Pictures, error) {
	if h.cfg.Shopify == nil || h.cfg.Shopify.Images.Folder == "" {
		return nil, nil
	}
	config := inbox.PicturesConfig{Path: h.cfg.path(h.cfg.Shopify.Images.Folder), Pattern: h.cfg.Shopify.Images.Pattern,
		Settle: h.cfg.Inbox.Settle, Scan: h.cfg.Inbox.Scan}
	return inbox.NewPictures(config, inbox.PicturesDeps{Vault: h.vault, Put: h.inbox.Put,
		State: filepath.Join(h.cfg.path(h.cfg.State), "pictures.json"), Now: time.Now, Tell: h.steps.Tell})
}

// takePictures looks once into the folder of pictures: what changed there comes in
// as a list.
func (h *house) takePictures(ctx context.Context) error {
	p, err := h.pictures()
	if err != nil || p == nil {
		return err
	}
	if err := p.Once(ctx); err != nil {
		return fmt.Errorf("pictures: %w", err)
	}
	return nil
}

// watchPictures does so until ctx ends; at once where there is no folder.
func (h *house) watchPictures(ctx context.Context) error {
	p, err := h.pictures()
	if err != nil || p == nil {
		return err
	}
	return p.Watch(ctx)
}

// content opens what the vault keeps under a hash, for pictures to be sent.
func (c *Config) content(ctx context.Context, sha string) (pipeline.File, error) {
	v, err := vault.Open(filepath.Join(c.path(c.State), "vault"))
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return v.Open(ctx, sha)
}

// pictureFindings are what is wrong with how pictures are named.
func (c *Config) pictureFindings() []pipeline.Finding {
	if c.Shopify == nil || inbox.GoodPattern(c.Shopify.Images.Pattern) {
		return nil
	}
	return []pipeline.Finding{{Path: "shopify.images.pattern", Rule: "pictures.pattern",
		With: map[string]string{"given": c.Shopify.Images.Pattern}}}
}
