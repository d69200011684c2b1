package shopifytest

import (
	"fmt"
	"math/big"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// createPriceList is priceListCreate.
func (s *Server) createPriceList(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args["input"].(object)
		if errs := s.checkPriceList(in); len(errs) > 0 {
			s.record.userErrors(x.req.call, errs)
			return object{"priceList": nil, "userErrors": errs}, nil
		}
		parent := in["parent"].(object)
		adjustment, settings := parent["adjustment"].(object), object{}
		if given, ok := parent["settings"].(object); ok {
			settings = given
		}
		l := &priceList{PriceList: PriceList{ID: s.shop.newID("PriceList"), Name: text(in["name"]), Currency: text(in["currency"]), Catalog: text(in["catalogId"])},
			adjustment: text(adjustment["type"]), percent: number(adjustment["value"]), compareAt: orElse(text(settings["compareAtMode"]), "ADJUSTED"),
			fixed: map[string]FixedPrice{}}
		s.pricing.lists = append(s.pricing.lists, l)
		x.pen().note("price list", l.ID, l.Name, "created", "", l.Name)
		return object{"priceList": s.priceListObject(l), "userErrors": []any{}}, nil
	}
}

func (s *Server) checkPriceList(in object) (errs []any) {
	fail := func(code, message string, path ...string) {
		errs = append(errs, userError(message, code, append([]string{"input"}, path...)...))
	}
	name, catalog := text(in["name"]), text(in["catalogId"])
	adjustment := in["parent"].(object)["adjustment"].(object)
	limit := map[string]float64{"PERCENTAGE_DECREASE": 100, "PERCENTAGE_INCREASE": 1000}[text(adjustment["type"])]
	switch {
	case orElse(name, "") == "":
		fail("BLANK", "Name can't be blank", "name")
	case len([]rune(name)) > 255:
		fail("TOO_LONG", "Name is too long (maximum is 255 characters)", "name")
	case find(s.pricing.lists, func(l *priceList) bool { return l.Name == name }) != nil:
		fail("TAKEN", "Name has already been taken", "name")
	}
	if known, _ := s.readCatalog(object{"id": catalog}); catalog != "" && known == nil {
		fail("CATALOG_DOES_NOT_EXIST", "The specified catalog does not exist.", "catalogId")
	}
	if catalog != "" && find(s.pricing.lists, func(l *priceList) bool { return l.Catalog == catalog }) != nil {
		fail("CATALOG_TAKEN", "The specified catalog is already associated with another price list.", "catalogId")
	}
	if value := number(adjustment["value"]); value < 0 || value > limit {
		fail("INVALID_ADJUSTMENT_VALUE", "The adjustment value must be a positive value and not be greater than 100% for PERCENTAGE_DECREASE and not be greater than 1000% for PERCENTAGE_INCREASE.",
			"parent", "adjustment", "value")
	}
	return errs
}

// number reads a Float, however it came in.
func number(v any) float64 {
	switch n := v.(type) {
	case float64:
		return n
	case int64:
		return float64(n)
	case int:
		return float64(n)
	}
	return 0
}

// updateFixedPrices is priceListFixedPricesUpdate: all rows or none.
func (s *Server) updateFixedPrices(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		refuse := func(errs []any) (any, error) {
			s.record.userErrors(x.req.call, errs)
			return object{"priceList": nil, "pricesAdded": nil, "deletedFixedPriceVariantIds": nil, "userErrors": errs}, nil
		}
		l := s.priceList(text(args["priceListId"]))
		if l == nil {
			return refuse([]any{userError("Price list does not exist.", "PRICE_LIST_NOT_FOUND", "priceListId")})
		}
		add, _ := args["pricesToAdd"].([]any)
		remove, _ := args["variantIdsToDelete"].([]any)
		if errs := append(s.checkAdded(l, add), s.checkRemoved(l, remove)...); len(errs) > 0 {
			return refuse(errs)
		}
		for _, id := range remove {
			s.fixPrice(x, l, s.shop.byID[text(id)], nil)
		}
		added := []any{}
		for _, entry := range add {
			v := s.shop.byID[text(entry.(object)["variantId"])]
			s.fixPrice(x, l, v, entry.(object))
			added = append(added, s.priceObject(l, v))
		}
		return object{"priceList": s.priceListObject(l), "pricesAdded": added, "deletedFixedPriceVariantIds": append([]any{}, remove...), "userErrors": []any{}}, nil
	}
}

func (s *Server) checkAdded(l *priceList, add []any) (errs []any) {
	for i, entry := range add {
		in, row := entry.(object), strconv.Itoa(i)
		if v := s.shop.byID[text(in["variantId"])]; v == nil || v.ID != in["variantId"] {
			errs = append(errs, userError("Product variant ID does not exist.", "VARIANT_NOT_FOUND", "pricesToAdd", row, "variantId"))
		}
		for _, name := range []string{"price", "compareAtPrice"} {
			if amount, given := in[name].(object); given && amount["currencyCode"] != l.Currency {
				errs = append(errs, userError("The specified currency does not match the price list's currency.", "PRICE_LIST_CURRENCY_MISMATCH",
					"pricesToAdd", row, name, "currencyCode"))
			}
		}
	}
	return errs
}

func (s *Server) checkRemoved(l *priceList, remove []any) (errs []any) {
	for i, entry := range remove {
		id, row := text(entry), strconv.Itoa(i)
		if v := s.shop.byID[id]; v == nil || v.ID != id {
			errs = append(errs, userError("Product variant ID does not exist.", "VARIANT_NOT_FOUND", "variantIdsToDelete", row))
		} else if _, fixed := l.fixed[id]; !fixed {
			errs = append(errs, userError("Only fixed prices can be deleted.", "PRICE_NOT_FIXED", "variantIdsToDelete", row))
		}
	}
	return errs
}

// fixPrice writes or, with nil, removes the fixed price of a variant.
func (s *Server) fixPrice(x *execution, l *priceList, v *variant, in object) {
	before := l.fixed[v.ID]
	after := FixedPrice{}
	if in == nil {
		delete(l.fixed, v.ID)
	} else {
		after = FixedPrice{VariantID: v.ID, SKU: v.SKU, Price: amountOf(in["price"]), CompareAt: amountOf(in["compareAtPrice"])}
		l.fixed[v.ID] = after
	}
	x.pen().note("price list", l.ID, v.SKU, "price", before.Price, after.Price)
	x.pen().note("price list", l.ID, v.SKU, "compareAtPrice", before.CompareAt, after.CompareAt)
}

// amountOf is the amount of a MoneyInput with two places at least; what is no number stays as it is.
func amountOf(v any) string {
	in, given := v.(object)
	if !given {
		return ""
	}
	amount, ok := new(big.Rat).SetString(text(in["amount"]))
	if !ok {
		return text(in["amount"])
	}
	return amount.FloatString(2)
}

// updateFixedPricesByProduct is priceListFixedPricesByProductUpdate: one price for all variants of a product.
func (s *Server) updateFixedPricesByProduct(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		add, _ := args["pricesToAdd"].([]any)
		remove, _ := args["pricesToDeleteByProductIds"].([]any)
		l := s.priceList(text(args["priceListId"]))
		errs := s.checkByProduct(l, add, remove)
		if len(errs) > 0 {
			s.record.userErrors(x.req.call, errs)
			return object{"priceList": nil, "pricesToAddProducts": nil, "pricesToDeleteProducts": nil, "userErrors": errs}, nil
		}
		added, removed := []any{}, []any{}
		for _, id := range remove {
			for _, v := range s.variantsOf(text(id)) {
				if _, fixed := l.fixed[v.ID]; fixed {
					s.fixPrice(x, l, v, nil)
				}
			}
			removed = append(removed, s.lookUp(text(id)))
		}
		for _, entry := range add {
			in := entry.(object)
			for _, v := range s.variantsOf(text(in["productId"])) {
				s.fixPrice(x, l, v, in)
			}
			added = append(added, s.lookUp(text(in["productId"])))
		}
		return object{"priceList": s.priceListObject(l), "pricesToAddProducts": added, "pricesToDeleteProducts": removed, "userErrors": []any{}}, nil
	}
}

func (s *Server) variantsOf(productID string) []*variant {
	if p := find(s.shop.products, func(p *product) bool { return p.id == productID }); p != nil {
		return p.variants
	}
	return nil
}

// checkByProduct checks in the order of the recorded answers.
func (s *Server) checkByProduct(l *priceList, add, remove []any) (errs []any) {
	fail := func(code, message string, path ...string) { errs = append(errs, userError(message, code, path...)) }
	if l == nil {
		fail("PRICE_LIST_DOES_NOT_EXIST", "Price list does not exist.", "priceListId")
		return errs
	}
	if len(add)+len(remove) == 0 {
		fail("NO_UPDATE_OPERATIONS_SPECIFIED", "No update operations are specified. `pricesToAdd` and `pricesToDeleteByProductIds` are empty.")
		errs[0].(object)["field"] = nil
	}
	seen := map[string]string{}
	variants := len(l.fixed)
	once := func(id, list string) {
		switch seen[id] {
		case "":
			seen[id] = list
		case list:
			fail("DUPLICATE_ID_IN_INPUT", "Duplicate ID exists in `"+list+"`.", list)
		default:
			fail("ID_MUST_BE_MUTUALLY_EXCLUSIVE", "IDs specified in `pricesToAdd` and `pricesToDeleteByProductIds` must be mutually exclusive.")
			errs[len(errs)-1].(object)["field"] = nil
		}
	}
	for i, entry := range add {
		in, row := entry.(object), strconv.Itoa(i)
		id := text(in["productId"])
		if idType(id) != "Product" || s.lookUp(id) == nil {
			fail("PRODUCT_DOES_NOT_EXIST", fmt.Sprintf("Product %s in `pricesToAdd` does not exist.", id), "pricesToAdd", row, "productId")
		}
		for _, name := range []string{"price", "compareAtPrice"} {
			if amount, given := in[name].(object); given && amount["currencyCode"] != l.Currency {
				fail("PRICES_TO_ADD_CURRENCY_MISMATCH", fmt.Sprintf("The currency specified in `pricesToAdd` for product ID %s does not match the price list's currency of %s.", id, l.Currency),
					"pricesToAdd", row, name, "currencyCode")
			}
		}
		once(id, "pricesToAdd")
		for _, v := range s.variantsOf(id) {
			if _, fixed := l.fixed[v.ID]; !fixed {
				variants++
			}
		}
	}
	for i, entry := range remove {
		id := text(entry)
		if idType(id) != "Product" || s.lookUp(id) == nil {
			fail("PRODUCT_DOES_NOT_EXIST", fmt.Sprintf("Product %s in `pricesToDeleteByProductIds` does not exist.", id), "pricesToDeleteByProductIds", strconv.Itoa(i))
		}
		once(id, "pricesToDeleteByProductIds")
	}
	if variants > maxFixedPrices {
		fail("PRICE_LIMIT_EXCEEDED", "The maximum number of fixed prices allowed for the price list has been exceeded.", "pricesToAdd")
	}
	return errs
}
