package dev.weir.core.mysql;

import dev.weir.core.config.mysql.ConfigTables;
import dev.weir.core.config.mysql.QueryRuleRow;
import dev.weir.core.route.InvalidRuleException;
import dev.weir.core.route.QueryRule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules as tables hold them, to rules as they are obeyed. */
final class RuleRows {
  private RuleRows() {}

  /** @throws InvalidRuleException naming the rule and what is wrong with it */
  static QueryRule rule(QueryRuleRow row) throws InvalidRuleException {
    List<String> columns = ConfigTables.QUERY_RULES.columns();
    List<@Nullable String> values = ConfigTables.QUERY_RULES.write(row);
    Map<String, @Nullable String> byName = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      byName.put(columns.get(i), values.get(i));
    }
    return QueryRule.fromColumns(byName);
  }
}
