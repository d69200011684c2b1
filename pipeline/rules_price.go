package pipeline

// priceRules are those of prices, promotions and discounts: see rules.
var priceRules = []rule{}
