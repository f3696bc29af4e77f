import ArgumentParser
import Master

/// How a master makes offers.
struct OfferOptions: ParsableArguments {
    @Option(help: ArgumentHelp("How long an offer may stay unanswered; then it is taken back. For ever otherwise.", valueName: "duration"))
    var offerTimeout: DurationArgument?

    func validate() throws {
        guard offerTimeout?.duration != .zero else { throw ValidationError("--offer-timeout must be above 0.") }
    }

    func apply(to configuration: inout MasterConfiguration) {
        configuration.offerTimeout = offerTimeout?.duration
    }
}
