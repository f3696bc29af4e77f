import Foundation
import MesosAPI
import MesosMessages

/// A Mesos task group in JSON, as it stands in a LAUNCH_GROUP operation; what only a master can tell may be left out.
///
/// Taken as `{"executor": …, "task_group": {"tasks": […]}}`, as `{"tasks": […]}` with or without an executor, or as the
/// whole operation `{"type": "LAUNCH_GROUP", "launch_group": …}`. Left out: ids (made from the names), `agent_id`, the
/// executor, its resources.
enum TaskGroupFile {
    /// A JSON object of Foundation, read and written field by field.
    private typealias Object = [String: Any]

    /// - Parameter fallbackName: the name of a group that has none, from its file.
    static func launch(from text: String, fallbackName: String) throws(PodFileError) -> PodLaunch {
        guard text.utf8.count <= PodFileLimits.bytes else {
            throw PodFileError("", "the file has \(text.utf8.count) bytes; \(PodFileLimits.bytes) are allowed")
        }
        let document = try object(in: text)
        let operation = try operation(in: document)
        let group = try filled(operation)
        let message = try decode(group)
        guard !message.taskGroup.tasks.isEmpty else { throw PodFileError("task_group.tasks", "must have at least one task") }
        guard message.taskGroup.tasks.count <= PodFileLimits.containers else {
            throw PodFileError("task_group.tasks", "has \(message.taskGroup.tasks.count) tasks; \(PodFileLimits.containers) are allowed")
        }
        return try launch(message, fallbackName: fallbackName)
    }

    private static func object(in text: String) throws(PodFileError) -> Object {
        do {
            guard let object = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? Object else {
                throw PodFileError("", "must be a JSON object")
            }
            return object
        } catch let error as PodFileError {
            throw error
        } catch {
            let detail = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
            throw PodFileError("", "the file is not valid JSON: \(detail ?? "\(error)")")
        }
    }

    /// The body of the LAUNCH_GROUP operation, whichever form the document has.
    private static func operation(in document: Object) throws(PodFileError) -> Object {
        if let body = document["launch_group"] {
            try refuseOthers(in: document, than: ["type", "launch_group"])
            guard let body = body as? Object else { throw PodFileError("launch_group", "must be an object") }
            return body
        }
        guard let tasks = document["tasks"] else { return document }
        try refuseOthers(in: document, than: ["executor", "tasks"])
        var body: Object = ["task_group": ["tasks": tasks]]
        body["executor"] = document["executor"]
        return body
    }

    private static func refuseOthers(in object: Object, than names: Set<String>) throws(PodFileError) {
        if let other = object.keys.sorted().first(where: { !names.contains($0) }) {
            throw PodFileError(other.clipped, "there is no such field; a task group has \"executor\" and \"task_group\"")
        }
    }

    /// The same with the required fields set that a user cannot know.
    private static func filled(_ body: Object) throws(PodFileError) -> Object {
        var body = body
        guard var group = body["task_group"] as? Object else {
            throw PodFileError("task_group", "is missing; the file must have \"task_group\": {\"tasks\": […]}")
        }
        guard let tasks = group["tasks"] as? [Any] else { throw PodFileError("task_group.tasks", "must be a list of tasks") }
        var filledTasks: [Object] = []
        for (index, task) in tasks.enumerated() {
            guard var task = task as? Object else { throw PodFileError("task_group.tasks[\(index)]", "must be an object") }
            if task["task_id"] == nil { task["task_id"] = ["value": ""] }
            if task["name"] == nil { task["name"] = "" }
            task["agent_id"] = ["value": ""]
            filledTasks.append(task)
        }
        group["tasks"] = filledTasks
        body["task_group"] = group
        guard var executor = (body["executor"] ?? Object()) as? Object else { throw PodFileError("executor", "must be an object") }
        if executor["executor_id"] == nil { executor["executor_id"] = ["value": ""] }
        if executor["type"] == nil { executor["type"] = "DEFAULT" }
        body["executor"] = executor
        return body
    }

    private static func decode(_ body: Object) throws(PodFileError) -> Mesos_V1_Offer.Operation.LaunchGroup {
        do {
            let data = try JSONSerialization.data(withJSONObject: body)
            let message = try MesosJSON.decode(Mesos_V1_Offer.Operation.LaunchGroup.self, from: [UInt8](data))
            let understood = try JSONSerialization.jsonObject(with: Data(MesosJSON.encode(message)))
            try refuseUnknown(body, understood: understood, path: "")
            return message
        } catch let error as PodFileError {
            throw error
        } catch {
            throw PodFileError("", "\(error)")
        }
    }

    /// Refuses what is in the file but not in what was read from it: Mesos ignores unknown fields, which hides mistakes.
    private static func refuseUnknown(_ value: Any, understood: Any?, path: String) throws(PodFileError) {
        switch value {
        case let object as Object:
            let known = understood as? Object
            for (name, child) in object where !isEmpty(child) {
                let place = path.isEmpty ? name.clipped : "\(path).\(name.clipped)"
                guard let counterpart = known?[name] else {
                    throw PodFileError(place, "there is no such field or value in Mesos's messages")
                }
                try refuseUnknown(child, understood: counterpart, path: place)
            }
        case let list as [Any]:
            let known = understood as? [Any] ?? []
            for (index, child) in list.enumerated() {
                try refuseUnknown(child, understood: known.indices.contains(index) ? known[index] : nil, path: "\(path)[\(index)]")
            }
        default: break
        }
    }

    private static func isEmpty(_ value: Any) -> Bool {
        switch value {
        case is NSNull: true
        case let object as Object: object.isEmpty
        case let list as [Any]: list.isEmpty
        default: false
        }
    }

    private static func launch(
        _ message: Mesos_V1_Offer.Operation.LaunchGroup,
        fallbackName: String
    ) throws(PodFileError) -> PodLaunch {
        var executor = message.executor
        if executor.resources.isEmpty { executor.resources = TaskNeeds.executor.resources }
        var launch = PodLaunch(
            name: executor.name.isEmpty ? fallbackName : executor.name,
            executor: executor,
            tasks: message.taskGroup.tasks
        )
        var names: Set<String> = []
        for index in launch.tasks.indices {
            if launch.tasks[index].name.isEmpty {
                let identifier = launch.tasks[index].taskID.value
                launch.tasks[index].name = identifier.isEmpty ? "task\(index + 1)" : identifier
            }
            if launch.tasks[index].resources.isEmpty { launch.tasks[index].resources = TaskNeeds.usual.resources }
            guard names.insert(launch.tasks[index].name).inserted else {
                throw PodFileError(
                    "task_group.tasks[\(index)].name",
                    "two tasks are named \"\(launch.tasks[index].name.clipped)\"; names must differ"
                )
            }
        }
        return launch
    }
}
