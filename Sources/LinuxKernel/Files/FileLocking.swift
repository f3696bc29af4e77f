import Glibc

/// Takes the exclusive lock on an open file (flock(2)); false if another process holds it.
///
/// A program that is just being started holds our descriptors until it is executed, those that were closed meanwhile, too:
/// so a lock that is taken is asked for again for five seconds.
public func holdLock(on descriptor: Int32) -> Bool {
    for _ in 0..<500 {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        usleep(10_000)
    }
    return false
}
