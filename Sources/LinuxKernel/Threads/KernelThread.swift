import CLinuxKernel
import Glibc
import Synchronization

/// A thread of our own: for calls that block, and for those that change the thread they are made on.
enum KernelThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private static let stackSize = 512 << 10

    /// Starts a thread on which all signals are blocked; the name is cut after 15 bytes.
    static func start(name: String, _ run: @escaping @Sendable () -> Void) throws(KernelError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { pthread_attr_destroy(&attributes) }

        // A thread inherits what its maker blocks, so that no signal can come before it blocks them itself.
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }

        let body = Unmanaged.passRetained(
            Body {
                agora_name_thread(name)
                run()
            }
        )
        var thread = pthread_t()
        let result = pthread_create(
            &thread,
            &attributes,
            { pointer in
                if let pointer { Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            },
            body.toOpaque()
        )
        guard result == 0 else {
            body.release()
            throw KernelError("start the thread \(name)", code: result)
        }
    }

    /// What a call returns that changes the thread it is made on: made on one that ends then.
    static func result(name: String, _ call: @escaping @Sendable () -> Int32) throws(KernelError) -> Int32 {
        let made = Made()
        let done = Semaphore()
        try start(name: name) {
            made.result.store(call(), ordering: .releasing)
            done.signal()
        }
        done.wait()
        return made.result.load(ordering: .acquiring)
    }

    private final class Made: Sendable {
        let result = Atomic<Int32>(-EAGAIN)
    }
}
