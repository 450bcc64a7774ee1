// What libyaml takes to read files into events, and nothing else.
//
//   events FILE...      prints the number of events
#include <stdio.h>
#include <yaml.h>

int main(int count, char **arguments) {
  long events = 0;
  for (int index = 1; index < count; index += 1) {
    FILE *file = fopen(arguments[index], "rb");
    if (!file) return 2;
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) return 2;
    yaml_parser_set_input_file(&parser, file);
    for (int ended = 0; !ended; events += 1) {
      yaml_event_t event;
      if (!yaml_parser_parse(&parser, &event)) return 1;
      ended = event.type == YAML_STREAM_END_EVENT;
      yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(file);
  }
  printf("%ld\n", events);
  return 0;
}
