package shopifytest

import (
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Version is the API version that the stand-in speaks.
const Version = "2026-10"

// Options describe the shop. The zero value is a shop in Cairo with one location, all scopes that wasl can use and the
// permanent token "shpat_standin".
type Options struct {
	Addr string // where to listen; "127.0.0.1:0" when empty

	Domain        string // myshopify domain, without scheme
	Name          string
	ID            string // gid of the shop
	Currency      string
	Zone          string // IANA name
	TaxesIncluded bool

	ClientID     string // with ClientSecret: client credentials are accepted
	ClientSecret string
	AccessToken  string   // permanent token; "shpat_standin" when neither this nor a client id is given
	Scopes       []string // granted; DefaultScopes when nil

	Locations []Location // one location "Cairo" when nil
	Variants  []Variant

	Now         func() time.Time // clock of tokens, bucket and keys; time.Now when nil
	RestoreRate float64          // points a second; 100 when 0
	BucketSize  float64          // points; 2000 when 0
	Unthrottled bool             // the bucket is counted but never refuses
	MediaPolls  int              // requests that see a picture unfinished; 1 when 0, none when below

	BulkPolls   int           // readings until a bulk operation has ended; 2 when 0 (RUNNING, COMPLETED)
	BulkTakes   time.Duration // by the clock it ends after this time all the same; one minute when 0
	MaxBulkFile int           // bytes of a file of variables; 100 MB when 0
	Seed        uint64        // of every order that a client must not rely on

	IndexLag        time.Duration // how far the search of orders is behind; see SetIndexLag
	People          string        // PeopleShown, PeopleNull or PeopleDenied
	Plus            bool          // the shop is on the plan Plus
	ShopifyPayments bool          // the product is offered: transactions of the gateway shopify_payments are paid out
	MaxPaged        int           // objects that can be reached by cursor; 25 000 when 0

	// ReplayRechecks makes a repeated idempotency key check changeFromQuantity against the state of now, as seen live
	// once, in place of giving the first result again.
	ReplayRechecks bool
}

// DefaultScopes are granted when Options.Scopes is nil.
var DefaultScopes = []string{
	"read_products", "write_products", "read_inventory", "write_inventory", "read_locations", "read_orders",
	"write_orders", "read_publications", "write_publications", "read_customers",
}

// GoodsScopes are what an app needs that writes goods, pictures, promotions and stock.
var GoodsScopes = []string{
	"read_products", "write_products", "read_inventory", "write_inventory", "read_locations", "read_publications",
	"write_publications", "read_files", "write_files", "read_discounts", "write_discounts",
}

// OrderScopes are what an app needs that reads and answers orders; orders of all times need read_all_orders too.
var OrderScopes = []string{
	"read_orders", "write_orders", "read_customers", "write_customers", "read_products", "read_inventory", "read_locations",
	"read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders", "read_returns",
	"read_shopify_payments_accounts", "read_shopify_payments_payouts",
}

// Server is a running stand-in. All methods may be called from any goroutine.
type Server struct {
	opt  Options
	http *http.Server
	addr string
	stop chan struct{} // closed by Close: ends hanging requests

	mu      sync.Mutex // guards everything below
	shop    *store
	tokens  map[string]time.Time // token -> end of its life, zero for never
	refusal string               // error code of the token endpoint, if it refuses
	bucket  bucket
	keys    map[string]*attempt
	faults  []*plannedFault
	bulk    bulkState
	pricing pricing
	orders  orderBook
	record  record
	mishaps []mishap // planned for files
	pending []pendingWork
	locked  int // publicationUpdate is refused so often
}

// New starts a stand-in. It panics when it cannot listen, as httptest does.
func New(opt Options) *Server {
	listener, err := net.Listen("tcp", orElse(opt.Addr, "127.0.0.1:0"))
	if err != nil {
		panic(fmt.Sprintf("shopifytest: %v", err))
	}
	opt = withDefaults(opt)
	s := &Server{
		opt:    opt,
		addr:   listener.Addr().String(),
		stop:   make(chan struct{}),
		shop:   newStore(opt),
		tokens: map[string]time.Time{},
		bucket: bucket{size: opt.BucketSize, rate: opt.RestoreRate, level: opt.BucketSize, at: opt.Now()},
		keys:   map[string]*attempt{},
	}
	s.pricing = newPricing()
	s.orders = newOrderBook()
	s.orders.lag = opt.IndexLag
	if opt.AccessToken != "" {
		s.tokens[opt.AccessToken] = time.Time{}
	}
	s.http = &http.Server{Handler: s}
	go func() { _ = s.http.Serve(listener) }() // always ends with ErrServerClosed
	return s
}

// Close cuts every connection and stops listening.
func (s *Server) Close() {
	close(s.stop)
	_ = s.http.Close() // nobody is left to tell
}

// URL is the address without a path, such as http://127.0.0.1:40123.
func (s *Server) URL() string { return "http://" + s.addr }

func withDefaults(opt Options) Options {
	opt.Domain = orElse(opt.Domain, "wasl-test.myshopify.com")
	opt.Name = orElse(opt.Name, "Wasl Test")
	opt.ID = orElse(opt.ID, "gid://shopify/Shop/68000000001")
	opt.Currency = orElse(opt.Currency, "EGP")
	opt.Zone = orElse(opt.Zone, "Africa/Cairo")
	if opt.AccessToken == "" && opt.ClientID == "" {
		opt.AccessToken = "shpat_standin"
	}
	if opt.Scopes == nil {
		opt.Scopes = DefaultScopes
	}
	if opt.Locations == nil {
		opt.Locations = []Location{{Name: "Cairo"}}
	}
	if opt.MediaPolls == 0 {
		opt.MediaPolls = 1
	}
	if opt.BulkPolls == 0 {
		opt.BulkPolls = 2
	}
	if opt.BulkTakes == 0 {
		opt.BulkTakes = time.Minute
	}
	if opt.MaxBulkFile == 0 {
		opt.MaxBulkFile = maxBulkFile
	}
	if opt.MaxPaged == 0 {
		opt.MaxPaged = 25_000
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.RestoreRate == 0 {
		opt.RestoreRate = 100
	}
	if opt.BucketSize == 0 {
		opt.BucketSize = 2000
	}
	return opt
}

func orElse(s, otherwise string) string {
	if strings.TrimSpace(s) == "" {
		return otherwise
	}
	return s
}
