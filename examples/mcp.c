/* SPDX-License-Identifier: Apache-2.0 */
/* mcp: runs an MCP server in a sandbox and speaks to it over its standard input and output.
 *
 *     cc mcp.c $(pkg-config --cflags --libs srt) -o mcp
 *     ./mcp DIRECTORY npx -y @modelcontextprotocol/server-filesystem DIRECTORY
 *
 * The server believes that it may write everywhere in DIRECTORY; the sandbox lets it write in
 * DIRECTORY/room alone. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <srt/srt.h>

typedef struct Server {
    srt_session *session;
    srt_process *process;
    FILE *to, *from;
    int next_id;
} Server;

static void give_up(srt_error *error)
{
    fprintf(stderr, "%s\n", error ? srt_error_message(error) : "out of descriptors or memory");
    exit(125);
}

static void start(Server *server, const char *directory, const char *const *words)
{
    srt_error *error = NULL;
    int in[2], out[2];
    char room[4096];
    snprintf(room, sizeof room, "%s/room", directory);
    srt_settings *settings = srt_settings_new();
    if (srt_settings_append(settings, "filesystem.allowWrite", room, &error) < 0)
        give_up(error);
    server->session = srt_session_new(settings, NULL, &error);
    srt_settings_free(settings);
    if (!server->session || pipe(in) < 0 || pipe(out) < 0)
        give_up(error);
    srt_command command = {.struct_size = sizeof command,
                           .argv = words,
                           .id = "mcp-server",
                           .stdin_plus_1 = in[0] + 1,
                           .stdout_plus_1 = out[1] + 1};
    /* The ends that stay here are not for the server, or it would not see the end of its input. */
    fcntl(in[1], F_SETFD, FD_CLOEXEC);
    fcntl(out[0], F_SETFD, FD_CLOEXEC);
    server->process = srt_session_spawn(server->session, &command, &error);
    if (!server->process)
        give_up(error);
    close(in[0]);
    close(out[1]);
    server->to = fdopen(in[1], "w");
    server->from = fdopen(out[0], "r");
    server->next_id = 1;
    if (!server->to || !server->from)
        give_up(NULL);
}

/* Sends a request and returns the line of its result, to be freed; NULL at the end. */
static char *call(Server *server, const char *method, const char *parameters)
{
    char id[32], *line = NULL;
    size_t room = 0;
    snprintf(id, sizeof id, "\"id\":%d", server->next_id++);
    fprintf(server->to, "{\"jsonrpc\":\"2.0\",%s,\"method\":\"%s\",\"params\":%s}\n", id, method,
            parameters);
    fflush(server->to);
    while (getline(&line, &room, server->from) > 0)
        if (strstr(line, id) && (strstr(line, "\"result\"") || strstr(line, "\"error\"")))
            return line;
    free(line);
    return NULL;
}

static void write_file(Server *server, const char *directory, const char *name)
{
    char parameters[9000];
    snprintf(parameters, sizeof parameters,
             "{\"name\":\"write_file\",\"arguments\":{\"path\":\"%s/%s\",\"content\":\"text\"}}",
             directory, name);
    char *reply = call(server, "tools/call", parameters);
    printf("%s: %s", name, reply ? reply : "no reply\n");
    free(reply);
}

int main(int argc, char **argv)
{
    Server server;
    srt_error *error = NULL;
    int status;
    if (argc < 3) {
        fprintf(stderr, "usage: mcp DIRECTORY server [argument ...]\n");
        return 125;
    }
    start(&server, argv[1], (const char *const *)argv + 2);
    char *hello = call(&server, "initialize",
                       "{\"protocolVersion\":\"2025-03-26\",\"capabilities\":{},"
                       "\"clientInfo\":{\"name\":\"example\",\"version\":\"1\"}}");
    printf("initialize: %s", hello ? hello : "no reply\n");
    free(hello);
    fputs("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n", server.to);
    write_file(&server, argv[1], "room/yes.txt");
    write_file(&server, argv[1], "no.txt");

    /* The end of its input is the end of a stdio server. */
    fclose(server.to);
    if (srt_process_wait(server.process, 10000, &status, &error) == 0)
        srt_process_signal(server.process, 15, NULL);
    if (srt_process_wait(server.process, -1, &status, &error) < 0)
        give_up(error);
    fclose(server.from);
    if (srt_process_failure(server.process))
        fprintf(stderr, "%s\n", srt_process_failure(server.process));
    srt_process_free(server.process);

    srt_records *records = srt_session_records(server.session, "mcp-server");
    for (size_t i = 0; i < srt_records_count(records); i++)
        printf("refused: %s\n", srt_records_get(records, i)->line);
    srt_records_free(records);
    srt_session_free(server.session);
    return status;
}
