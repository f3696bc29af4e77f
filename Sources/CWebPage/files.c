// The files of the web page, as they stand in Files/: the compiler puts them into the program, so that it needs none beside it.

#include "CWebPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char data_agent_js[] = {
#embed "Files/data/agent.js"
};
static const unsigned char data_cluster_js[] = {
#embed "Files/data/cluster.js"
};
static const unsigned char data_connection_js[] = {
#embed "Files/data/connection.js"
};
static const unsigned char data_containers_js[] = {
#embed "Files/data/containers.js"
};
static const unsigned char data_ended_js[] = {
#embed "Files/data/ended.js"
};
static const unsigned char data_files_js[] = {
#embed "Files/data/files.js"
};
static const unsigned char data_following_js[] = {
#embed "Files/data/following.js"
};
static const unsigned char data_history_js[] = {
#embed "Files/data/history.js"
};
static const unsigned char data_master_js[] = {
#embed "Files/data/master.js"
};
static const unsigned char data_reading_js[] = {
#embed "Files/data/reading.js"
};
static const unsigned char data_recordio_js[] = {
#embed "Files/data/recordio.js"
};
static const unsigned char data_repeat_js[] = {
#embed "Files/data/repeat.js"
};
static const unsigned char data_resources_js[] = {
#embed "Files/data/resources.js"
};
static const unsigned char data_session_js[] = {
#embed "Files/data/session.js"
};
static const unsigned char data_visibility_js[] = {
#embed "Files/data/visibility.js"
};
static const unsigned char data_waiting_js[] = {
#embed "Files/data/waiting.js"
};
static const unsigned char icon_svg[] = {
#embed "Files/icon.svg"
};
static const unsigned char index_html[] = {
#embed "Files/index.html"
};
static const unsigned char main_js[] = {
#embed "Files/main.js"
};
static const unsigned char pages_actions_js[] = {
#embed "Files/pages/actions.js"
};
static const unsigned char pages_files_js[] = {
#embed "Files/pages/files.js"
};
static const unsigned char pages_framework_js[] = {
#embed "Files/pages/framework.js"
};
static const unsigned char pages_frameworks_js[] = {
#embed "Files/pages/frameworks.js"
};
static const unsigned char pages_logs_js[] = {
#embed "Files/pages/logs.js"
};
static const unsigned char pages_machine_js[] = {
#embed "Files/pages/machine.js"
};
static const unsigned char pages_machines_js[] = {
#embed "Files/pages/machines.js"
};
static const unsigned char pages_maintenance_js[] = {
#embed "Files/pages/maintenance.js"
};
static const unsigned char pages_missing_js[] = {
#embed "Files/pages/missing.js"
};
static const unsigned char pages_overview_js[] = {
#embed "Files/pages/overview.js"
};
static const unsigned char pages_roles_js[] = {
#embed "Files/pages/roles.js"
};
static const unsigned char pages_task_js[] = {
#embed "Files/pages/task.js"
};
static const unsigned char pages_tasks_js[] = {
#embed "Files/pages/tasks.js"
};
static const unsigned char pages_terminal_js[] = {
#embed "Files/pages/terminal.js"
};
static const unsigned char pages_unloaded_js[] = {
#embed "Files/pages/unloaded.js"
};
static const unsigned char routes_js[] = {
#embed "Files/routes.js"
};
static const unsigned char style_base_css[] = {
#embed "Files/style/base.css"
};
static const unsigned char style_frame_css[] = {
#embed "Files/style/frame.css"
};
static const unsigned char style_pages_css[] = {
#embed "Files/style/pages.css"
};
static const unsigned char style_parts_css[] = {
#embed "Files/style/parts.css"
};
static const unsigned char terminal_drawing_js[] = {
#embed "Files/terminal/drawing.js"
};
static const unsigned char terminal_keys_js[] = {
#embed "Files/terminal/keys.js"
};
static const unsigned char terminal_parser_js[] = {
#embed "Files/terminal/parser.js"
};
static const unsigned char terminal_screen_js[] = {
#embed "Files/terminal/screen.js"
};
static const unsigned char terminal_terminal_js[] = {
#embed "Files/terminal/terminal.js"
};
static const unsigned char terminal_width_js[] = {
#embed "Files/terminal/width.js"
};
static const unsigned char view_chart_js[] = {
#embed "Files/view/chart.js"
};
static const unsigned char view_containers_js[] = {
#embed "Files/view/containers.js"
};
static const unsigned char view_dialog_js[] = {
#embed "Files/view/dialog.js"
};
static const unsigned char view_dom_js[] = {
#embed "Files/view/dom.js"
};
static const unsigned char view_ended_js[] = {
#embed "Files/view/ended.js"
};
static const unsigned char view_format_js[] = {
#embed "Files/view/format.js"
};
static const unsigned char view_frame_js[] = {
#embed "Files/view/frame.js"
};
static const unsigned char view_log_js[] = {
#embed "Files/view/log.js"
};
static const unsigned char view_map_js[] = {
#embed "Files/view/map.js"
};
static const unsigned char view_parts_js[] = {
#embed "Files/view/parts.js"
};
static const unsigned char view_table_js[] = {
#embed "Files/view/table.js"
};

#define FILE(path, bytes) { path, bytes, sizeof bytes }

static const struct web_page_file files[] = {
    FILE("data/agent.js", data_agent_js),
    FILE("data/cluster.js", data_cluster_js),
    FILE("data/connection.js", data_connection_js),
    FILE("data/containers.js", data_containers_js),
    FILE("data/ended.js", data_ended_js),
    FILE("data/files.js", data_files_js),
    FILE("data/following.js", data_following_js),
    FILE("data/history.js", data_history_js),
    FILE("data/master.js", data_master_js),
    FILE("data/reading.js", data_reading_js),
    FILE("data/recordio.js", data_recordio_js),
    FILE("data/repeat.js", data_repeat_js),
    FILE("data/resources.js", data_resources_js),
    FILE("data/session.js", data_session_js),
    FILE("data/visibility.js", data_visibility_js),
    FILE("data/waiting.js", data_waiting_js),
    FILE("icon.svg", icon_svg),
    FILE("index.html", index_html),
    FILE("main.js", main_js),
    FILE("pages/actions.js", pages_actions_js),
    FILE("pages/files.js", pages_files_js),
    FILE("pages/framework.js", pages_framework_js),
    FILE("pages/frameworks.js", pages_frameworks_js),
    FILE("pages/logs.js", pages_logs_js),
    FILE("pages/machine.js", pages_machine_js),
    FILE("pages/machines.js", pages_machines_js),
    FILE("pages/maintenance.js", pages_maintenance_js),
    FILE("pages/missing.js", pages_missing_js),
    FILE("pages/overview.js", pages_overview_js),
    FILE("pages/roles.js", pages_roles_js),
    FILE("pages/task.js", pages_task_js),
    FILE("pages/tasks.js", pages_tasks_js),
    FILE("pages/terminal.js", pages_terminal_js),
    FILE("pages/unloaded.js", pages_unloaded_js),
    FILE("routes.js", routes_js),
    FILE("style/base.css", style_base_css),
    FILE("style/frame.css", style_frame_css),
    FILE("style/pages.css", style_pages_css),
    FILE("style/parts.css", style_parts_css),
    FILE("terminal/drawing.js", terminal_drawing_js),
    FILE("terminal/keys.js", terminal_keys_js),
    FILE("terminal/parser.js", terminal_parser_js),
    FILE("terminal/screen.js", terminal_screen_js),
    FILE("terminal/terminal.js", terminal_terminal_js),
    FILE("terminal/width.js", terminal_width_js),
    FILE("view/chart.js", view_chart_js),
    FILE("view/containers.js", view_containers_js),
    FILE("view/dialog.js", view_dialog_js),
    FILE("view/dom.js", view_dom_js),
    FILE("view/ended.js", view_ended_js),
    FILE("view/format.js", view_format_js),
    FILE("view/frame.js", view_frame_js),
    FILE("view/log.js", view_log_js),
    FILE("view/map.js", view_map_js),
    FILE("view/parts.js", view_parts_js),
    FILE("view/table.js", view_table_js),
};

const struct web_page_file *web_page_files(size_t *count) {
    *count = sizeof files / sizeof files[0];
    return files;
}
