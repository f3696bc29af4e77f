import Testing

@testable import Networks

struct CatalogTests {}
