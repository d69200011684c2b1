package pipeline

// imageRules are those of images: see rules.
var imageRules = []rule{}
