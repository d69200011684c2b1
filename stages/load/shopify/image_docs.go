package shopify

import "wasl/stages/load/shopify/admin"

// picturesOf reads the pictures of products, in their order. A product has 250 at
// most.
var picturesOf = admin.Operation{Name: "PicturesOf", Cost: 25, Text: `query PicturesOf($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Product { id media(first: 250, sortKey: POSITION) { nodes { ` + mediaFields + ` } } } }
}`}

// variantPictures reads which picture variants show.
var variantPictures = admin.Operation{Name: "VariantPictures", Cost: 4, Text: `query VariantPictures($ids: [ID!]!) {
  nodes(ids: $ids) { ... on ProductVariant { id media(first: 1) { nodes { id } } } }
}`}

// filesNamed finds files by the beginning of their name. The index lags behind.
var filesNamed = admin.Operation{Name: "FilesNamed", Cost: 13, Text: `query FilesNamed($first: Int!, $after: String, $query: String!) {
  files(first: $first, after: $after, query: $query, sortKey: ID) {
    nodes { id alt fileStatus fileErrors { code message } ... on MediaImage { image { url } } }
    pageInfo { hasNextPage endCursor }
  }
}`}

// fileStatus reads how far the processing of files is, 250 a call.
var fileStatus = admin.Operation{Name: "FileStatus", Cost: 3, Text: `query FileStatus($ids: [ID!]!) {
  nodes(ids: $ids) { ... on MediaImage { id alt fileStatus fileErrors { code message } image { url } } }
}`}

// fileCreate makes files of what was staged, or of addresses: all or none, 250 a
// call. A name that is taken is refused: that is how a picture is never uploaded
// twice.
var fileCreate = admin.Operation{Name: "FileCreate", Cost: 20, Text: `mutation FileCreate($files: [FileCreateInput!]!) {
  fileCreate(files: $files) {
    files { id fileStatus }
    userErrors { field message code }
  }
}`}

// fileUpdate writes texts, and hangs files on products and takes them off: all or
// none, 250 a call.
var fileUpdate = admin.Operation{Name: "FileUpdate", Cost: 10, Text: `mutation FileUpdate($files: [FileUpdateInput!]!) {
  fileUpdate(files: $files) {
    files { id }
    userErrors { field message code }
  }
}`}

// fileDelete deletes files for good: all or none.
var fileDelete = admin.Operation{Name: "FileDelete", Cost: 10, Text: `mutation FileDelete($fileIds: [ID!]!) {
  fileDelete(fileIds: $fileIds) {
    deletedFileIds
    userErrors { field message code }
  }
}`}

// reorderMedia starts a job that puts the pictures of a product in order.
var reorderMedia = admin.Operation{Name: "ProductReorderMedia", Cost: 10, Text: `mutation ProductReorderMedia($id: ID!, $moves: [MoveInput!]!) {
  productReorderMedia(id: $id, moves: $moves) {
    job { id done }
    mediaUserErrors { field message code }
  }
}`}

// showMedia says which picture variants show. productVariantAppendMedia refuses
// a variant that shows one already; this puts another in its place, and may be
// repeated.
var showMedia = admin.Operation{Name: "VariantsShowMedia", Cost: 10, Text: `mutation VariantsShowMedia($productId: ID!, $variants: [ProductVariantsBulkInput!]!) {
  productVariantsBulkUpdate(productId: $productId, variants: $variants, allowPartialUpdates: false) {
    userErrors { field message code }
  }
}`}
