package dev.weir.core.route;

import dev.weir.core.sql.Digest;
import dev.weir.core.sql.DigestOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** What docs/query-rules.md shows is what happens. */
class QueryRulesPageTest {
  private static final Pattern INSERT = Pattern
      .compile("^INSERT INTO mysql_query_rules \\((.*)\\) VALUES \\((.*)\\);$", Pattern.MULTILINE);
  private static final Pattern ROUTED = Pattern.compile("^\\| `(.+)` \\| (\\d+|default) \\|$",
      Pattern.MULTILINE);
  private static final Pattern DIGESTED = Pattern
      .compile("^\\| `(.+)` \\| `(.+)` \\| `(0x[0-9A-F]{16})` \\|$", Pattern.MULTILINE);

  private static String page() throws IOException {
    return Files.readString(Path.of("..", "docs", "query-rules.md"));
  }

  @Test
  void theSplitRoutesAsItsTableSays() throws IOException, InvalidRuleException {
    List<Map<String, String>> rows = new ArrayList<>();
    Matcher insert = INSERT.matcher(page());
    while (insert.find()) {
      String[] columns = insert.group(1).split(", ", -1);
      String[] values = insert.group(2).split(", ", -1);
      Map<String, String> row = new HashMap<>();
      for (int i = 0; i < columns.length; i++) {
        row.put(columns[i], values[i].replace("'", ""));
      }
      rows.add(row);
    }
    assertThat(rows).hasSize(2);
    RuleSet rules = Rules.set(RouteOptions.DEFAULTS, List.of(), rows);
    Matcher routed = ROUTED.matcher(page());
    int shown = 0;
    while (routed.find()) {
      int hostgroup = routed.group(2).equals("default")
          ? RouteDecision.UNSET
          : Integer.parseInt(routed.group(2));
      assertThat(Rules.decide(rules, routed.group(1)).hostgroup()).as(routed.group(1))
          .isEqualTo(hostgroup);
      shown++;
    }
    assertThat(shown).isEqualTo(6);
  }

  @Test
  void digestsAreAsShown() throws IOException {
    Matcher digested = DIGESTED.matcher(page());
    int shown = 0;
    while (digested.find()) {
      Digest digest = Digest.of(digested.group(1).getBytes(StandardCharsets.UTF_8),
          DigestOptions.DEFAULTS);
      assertThat(digest.text()).isEqualTo(digested.group(2));
      assertThat(digest.hex()).isEqualTo(digested.group(3));
      shown++;
    }
    assertThat(shown).isEqualTo(3);
  }

  @Test
  void whatIsRefusedIsRefused() throws IOException {
    assertThat(page()).contains(
        "query rule 7: match_pattern uses look-ahead ((?=), which RE2 does not have; query_processor_regex=1 permits it");
    for (String pattern : List.of("(?R)", "(a)(?(1)b)", "(?|a)", "(*SKIP)")) {
      assertThat(catchMessage(pattern)).contains("query rule 7: match_pattern ");
    }
  }

  private static String catchMessage(String pattern) {
    try {
      RulePattern.compile(7, "match_pattern", pattern, "CASELESS",
          RouteOptions.Engine.RE2_ELSE_BACKTRACKING);
      return "compiled";
    } catch (InvalidRuleException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
