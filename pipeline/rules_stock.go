package pipeline

// stockRules are those of balances: see rules. The older ones stand with Shopify.
var stockRules = []rule{}
