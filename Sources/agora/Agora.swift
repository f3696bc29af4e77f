import AgoraCommands
import ArgumentParser

@main
struct Agora {
    static func main() async {
        await AgoraCommand.main()
    }
}
