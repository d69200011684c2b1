package shopifytest

import (
	"strconv"
	"time"
)

// queries are the root fields of QueryRoot that can be read.
func (s *Server) queries() object {
	st := s.shop
	return object{
		"shop":                       s.shopObject(),
		"currentAppInstallation":     s.installation(),
		"publicApiVersions":          versionObjects(),
		"locations":                  resolver(func(args map[string]any) (any, error) { return s.locations(args), nil }),
		"location":                   resolver(s.oneLocation),
		"productVariants":            lazy(s.allVariants),
		"productVariant":             s.byID("ProductVariant"),
		"productVariantByIdentifier": s.byIdentifier("PRODUCTVARIANT"),
		"productVariantsCount":       counted(func() int { return len(st.variants) }),
		"products":                   lazy(s.allProducts),
		"product":                    s.byID("Product"),
		"productByIdentifier":        s.byIdentifier("PRODUCT"),
		"productsCount":              counted(func() int { return len(st.products) }),
		"productOperation":           resolver(s.polled("ProductSetOperation")),
		"job":                        resolver(s.polled("Job")),
		"collection":                 s.byID("Collection"),
		"collectionByIdentifier":     s.byIdentifier("COLLECTION"),
		"collections":                lazy(s.allCollections),
		"files":                      lazy(s.allFiles),
		"publication":                s.byID("Publication"),
		"inventoryItems": lazy(func() connection {
			if st.ofItems == nil {
				st.ofItems = nodesOf(st.variants, (*variant).itemID, s.itemObject)
			}
			return connection{nodes: st.ofItems, match: matchItem, index: st.itemsWith}
		}),
		"inventoryItem":          s.byID("InventoryItem"),
		"inventoryLevel":         s.byID("InventoryLevel"),
		"orders":                 lazy(s.allOrders),
		"order":                  s.byID("Order"),
		"ordersCount":            resolver(s.countOrders),
		"refund":                 s.byID("Refund"),
		"fulfillment":            s.byID("Fulfillment"),
		"fulfillmentOrder":       s.byID("FulfillmentOrder"),
		"customer":               s.byID("Customer"),
		"customers":              lazy(s.allCustomers),
		"tenderTransactions":     lazy(s.tenderConnection),
		"shopifyPaymentsAccount": resolver(s.readAccount),
		"publications":           lazy(func() connection { return connection{nodes: s.publicationNodes()} }),
		"metafieldDefinitions":   resolver(s.readDefinitions),
		"bulkOperation":          resolver(s.readBulk),
		"bulkOperations":         resolver(s.listBulk),
		"currentBulkOperation":   resolver(s.currentBulk),
		"node":                   resolver(func(args map[string]any) (any, error) { return s.node(text(args["id"])) }),
		"nodes":                  resolver(s.nodes),

		"priceList":                      resolver(s.readPriceList),
		"priceLists":                     lazy(s.allPriceLists),
		"catalog":                        resolver(s.readCatalog),
		"discountNode":                   resolver(s.readDiscount),
		"discountNodes":                  lazy(s.allDiscounts),
		"codeDiscountNodeByCode":         resolver(s.discountByCode),
		"discountRedeemCodeBulkCreation": resolver(s.readCreation),
	}
}

// lazy builds a connection only when its field is asked for.
func lazy(build func() connection) resolver {
	return func(map[string]any) (any, error) { return build(), nil }
}

// byID reads one object of a type: null when there is none, an error when the id is of another type.
func (s *Server) byID(kind string) resolver {
	return func(args map[string]any) (any, error) {
		id := text(args["id"])
		if idType(id) != kind {
			return nil, invalidID(id)
		}
		return orNil(s.lookUp(id)), nil
	}
}

func invalidID(id string) error {
	return &fieldError{message: "Invalid id: " + id, code: "RESOURCE_NOT_FOUND"}
}

// orNil keeps a nil map from becoming a non-nil any.
func orNil(o object) any {
	if o == nil {
		return nil
	}
	return o
}

func (s *Server) nodes(args map[string]any) (any, error) {
	out := []any{}
	ids, _ := args["ids"].([]any)
	for _, id := range ids {
		node, err := s.node(text(id))
		if err != nil {
			return nil, err
		}
		out = append(out, node)
	}
	return out, nil
}

func (s *Server) node(id string) (any, error) {
	if !gidPattern.MatchString(id) {
		return nil, invalidID(id)
	}
	if scope := ownerScopes[idType(id)]; scope != "" && !s.granted([]string{scope}) {
		return nil, accessDenied(idType(id), []string{scope})
	}
	return orNil(s.lookUp(id)), nil
}

// lookUp gives the object with the id, or nil.
func (s *Server) lookUp(id string) object {
	st := s.shop
	switch idType(id) {
	case "ProductVariant":
		if v := st.byID[id]; v != nil && v.ID == id {
			return s.variantObject(v)
		}
	case "Product":
		if p := st.product(id); p != nil {
			return s.productObject(p)
		}
	case "Collection":
		if c := st.collection(id); c != nil {
			return s.collectionObject(c)
		}
	case "CollectionConditionsSource":
		if c := st.sourceNamed(id); c != nil {
			return s.sourceObject(c)
		}
	case "MediaImage", "GenericFile":
		if f := st.byFile[id]; f != nil {
			return s.fileObject(f)
		}
	case "Publication":
		if p := st.publicationNamed(id); p != nil && p.id == id {
			return s.publicationObject(p)
		}
	case "InventoryItem":
		if v := st.item(id); v != nil {
			return s.itemObject(v)
		}
	case "InventoryLevel":
		for _, v := range st.variants {
			for where := range v.levels {
				if levelID(v, where) == id {
					return s.levelObject(v, where)
				}
			}
		}
	case "Location":
		if l := find(st.locations, func(l *location) bool { return l.ID == id }); l != nil {
			return s.locationObject(l)
		}
	case "BulkOperation":
		return s.polledBulk(id)
	case "PriceList":
		return s.priceListNamed(id)
	case "DiscountNode", "DiscountAutomaticNode", "DiscountCodeNode":
		return s.discountNamed(id)
	case "DiscountRedeemCodeBulkCreation":
		return s.creationNamed(id)
	}
	return s.lookUpOrder(id)
}

func (s *Server) shopObject() object {
	o := s.opt
	return object{
		"__typename": "Shop", "id": o.ID, "name": o.Name, "myshopifyDomain": o.Domain, "url": "https://" + o.Domain,
		"primaryDomain": object{"id": gid("Domain", 1), "host": o.Domain, "url": "https://" + o.Domain},
		"email":         "owner@example.com", "contactEmail": "shop@example.com", "shopOwnerName": "Owner",
		"currencyCode": o.Currency, "enabledPresentmentCurrencies": []any{o.Currency}, "ianaTimezone": o.Zone,
		"timezoneOffsetMinutes": offsetMinutes(o.Zone, o.Now()), "taxesIncluded": o.TaxesIncluded, "taxShipping": false,
		"weightUnit": "KILOGRAMS", "unitSystem": "METRIC_SYSTEM", "orderNumberFormatPrefix": "#", "orderNumberFormatSuffix": "",
		"createdAt": timestamp(s.shop.opened), "updatedAt": timestamp(s.shop.opened), "setupRequired": false,
		"plan": object{"publicDisplayName": "Basic", "displayName": "Basic", "partnerDevelopment": false, "shopifyPlus": o.Plus},
		"shopAddress": object{"id": gid("ShopAddress", 1), "company": o.Name, "address1": "1 Tahrir Square", "address2": nil,
			"city": "Cairo", "zip": "11511", "province": "Cairo", "countryCodeV2": "EG", "phone": nil},
		"resourceLimits": object{"locationLimit": 200, "maxProductOptions": 3, "maxProductVariants": 2048, "redirectLimitReached": false},
	}
}

func offsetMinutes(zone string, at time.Time) int {
	place, err := time.LoadLocation(zone)
	if err != nil {
		return 120 // no zone data on this machine: Cairo in winter
	}
	_, seconds := at.In(place).Zone()
	return seconds / 60
}

func (s *Server) installation() object {
	scopes := []any{}
	for _, handle := range s.opt.Scopes {
		scopes = append(scopes, object{"handle": handle, "description": handle})
	}
	return object{"__typename": "AppInstallation", "id": gid("AppInstallation", 1), "launchUrl": "https://example.com",
		"accessScopes": scopes, "app": object{"id": gid("App", 1), "title": "wasl", "handle": "wasl"}}
}

func versionObjects() []any {
	out := []any{}
	for _, v := range apiVersions {
		out = append(out, object{"handle": v.handle, "displayName": v.name, "supported": v.supported})
	}
	return out
}

func (s *Server) locations(args map[string]any) connection {
	out := connection{match: matchLocation, sorts: map[string]string{"NAME": "name", "": "name"}}
	for _, l := range s.shop.locations {
		if !l.Inactive || args["includeInactive"] == true {
			out.nodes = append(out.nodes, fixed(s.locationObject(l))...)
		}
	}
	return out
}

// oneLocation is the location with the id, or without an id the first.
func (s *Server) oneLocation(args map[string]any) (any, error) {
	id := text(args["id"])
	if id == "" {
		return s.locationObject(s.shop.locations[0]), nil
	}
	return s.byID("Location")(args)
}

func (s *Server) locationObject(l *location) object {
	return object{
		"__typename": "Location", "id": l.ID, "legacyResourceId": strconv.Itoa(idNumber(l.ID)), "name": l.Name,
		"isActive": !l.Inactive, "isFulfillmentService": false, "isPrimary": l == s.shop.locations[0],
		"fulfillsOnlineOrders": !l.Inactive, "shipsInventory": !l.Inactive, "hasActiveInventory": true,
		"address": object{"address1": "1 Tahrir Square", "address2": nil, "city": orElse(l.City, l.Name), "province": "Cairo",
			"provinceCode": "C", "country": "Egypt", "countryCode": "EG", "zip": "11511", "phone": nil},
		"createdAt": timestamp(s.shop.opened), "updatedAt": timestamp(l.updated),
		"inventoryLevels": resolver(func(args map[string]any) (any, error) {
			if l.levels == nil {
				for _, v := range s.shop.variants {
					if v.levels[l.ID] != nil && !v.levels[l.ID].inactive {
						l.levels = append(l.levels, s.levelNode(v, l.ID))
					}
				}
			}
			return connection{nodes: l.levels, match: matchLevel}, nil
		}),
		"inventoryLevel": resolver(func(args map[string]any) (any, error) {
			v := s.shop.item(text(args["inventoryItemId"]))
			if v == nil || v.levels[l.ID] == nil || v.levels[l.ID].inactive {
				return nil, nil
			}
			return s.levelObject(v, l.ID), nil
		}),
	}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (v *variant) total() int {
	total := 0
	for _, l := range v.levels {
		total += l.Available
	}
	return total
}
