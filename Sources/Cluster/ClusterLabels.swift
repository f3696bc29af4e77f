/// Labels of frameworks that mean something to Agora.
public enum ClusterLabels {
    /// What a framework needs of one agent, as `cpus:4;mem:512`: it is told to those who ask why the framework waits.
    public static let needs = "agora.needs"
}
