package shopify

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wasl/stages/load/shopify/admin"
)

// Our keys on orders.
const (
	keyDocNo     = "erp_doc_no"
	keyCreditNo  = "erp_credit_no"
	keyCancelNo  = "erp_cancel_no"
	keyETAUUID   = "eta_uuid"
	keyETAStatus = "eta_status"
	keyETAURL    = "eta_qr_url"
	keyNotes     = "notes"    // delivery notes that became fulfilments: see ticks
	keyPayments  = "payments" // receipts that became payments: see ticks
)

// An orderKey is one of our metafields on orders, as merchants see it.
type orderKey struct {
	key, name, kind string
}

var orderKeys = []orderKey{
	{keyDocNo, "ERP document", "single_line_text_field"},
	{keyCreditNo, "ERP credit notes", "single_line_text_field"},
	{keyCancelNo, "ERP cancellations", "single_line_text_field"},
	{keyETAUUID, "ETA receipt", "single_line_text_field"},
	{keyETAStatus, "ETA status", "single_line_text_field"},
	{keyETAURL, "ETA receipt link", "url"},
	{keyNotes, "ERP delivery notes", "json"},
	{keyPayments, "ERP receipts", "json"},
}

// ownValues are the values of our keys in a query, each under its own name.
func ownValues(keys ...string) string {
	var b strings.Builder
	for _, key := range keys {
		fmt.Fprintf(&b, " %s: metafield(namespace: %q, key: %q) { value }", key, ownNamespace, key)
	}
	return b.String()
}

// defineOrders makes the definitions of some of our keys on orders, once for a shop.
// A metafield without one is nowhere to be seen in the admin.
func (s *Sink) defineOrders(ctx context.Context, keys ...string) error {
	for _, k := range orderKeys {
		if !slices.Contains(keys, k.key) {
			continue
		}
		if err := s.defineOrder(ctx, k); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sink) defineOrder(ctx context.Context, k orderKey) error {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	if s.keys.have["ORDER/"+k.key] {
		return nil
	}
	var data struct {
		Create *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"metafieldDefinitionCreate"`
	}
	r, err := s.door.Query(ctx, makeDefinition, map[string]any{"definition": map[string]any{
		"name": k.name, "namespace": ownNamespace, "key": k.key, "ownerType": "ORDER", "type": k.kind}})
	if err != nil {
		return fmt.Errorf("define %s.%s: %w", ownNamespace, k.key, err)
	}
	if err := decoded(makeDefinition, r, &data); err != nil || data.Create == nil {
		return admin.Unreadable(makeDefinition, r)
	}
	for _, e := range data.Create.UserErrors {
		if e.Code != "TAKEN" {
			return s.door.Refused(r, e)
		}
	}
	s.keys.add("ORDER/" + k.key)
	return nil
}
