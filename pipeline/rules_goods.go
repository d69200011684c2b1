package pipeline

// goodsRules are those of products, collections and how they are matched: see rules.
var goodsRules = []rule{}
