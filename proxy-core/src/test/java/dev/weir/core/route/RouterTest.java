package dev.weir.core.route;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.weir.core.route.Rules.APP;
import static dev.weir.core.route.Rules.decide;
import static dev.weir.core.route.Rules.row;
import static dev.weir.core.route.Rules.set;
import static dev.weir.core.route.Rules.statement;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RouterTest {
  private static final RouteOptions TWICE = new RouteOptions(
      RouteOptions.Engine.RE2_ELSE_BACKTRACKING, 1);

  /** Quoted by docs/query-rules.md. */
  static RuleSet readWriteSplit() throws InvalidRuleException {
    return set(
        row("rule_id=100", "match_digest=^SELECT.*FOR UPDATE", "destination_hostgroup=10",
            "apply=1"),
        row("rule_id=200", "match_digest=^SELECT", "destination_hostgroup=20", "apply=1"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"SELECT 1|20", "select * from t where a=1 for update|10",
    "UPDATE t SET a=1|-1", "/* c */ SELECT 1|20", "SELECT\\n1\\nFOR\\nUPDATE|10",
    "INSERT INTO t SELECT 1|-1", "BEGIN|-1"})
  void readWriteSplit(String sql, int hostgroup) throws InvalidRuleException {
    assertThat(decide(readWriteSplit(), sql.replace("\\n", "\n")).hostgroup())
        .isEqualTo(hostgroup);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {"username=app|true", "username=App|false", "username=|true",
    "schemaname=shop|true", "schemaname=sho|false", "client_addr=10.0.0.7|true",
    "client_addr=10.0.0.%|true", "client_addr=%|true", "client_addr=10.1.%|false",
    "client_addr=10.0.0|false", "proxy_addr=127.0.0.1|true", "proxy_addr=127.0.0.2|false",
    "proxy_port=6033|true", "proxy_port=6034|false", "flagIN=0|true", "flagIN=1|false",
    "digest=0x1C46AE529DD5A40E|true", "digest=1c46ae529dd5a40e|true", "digest=0x1|false",
    "match_digest=^select \\?$|true", "match_digest=LECT|true", "match_digest=1|false",
    "match_pattern=^select 1$|true", "match_pattern=2|false", "active=0|false"})
  void eachTest(String column, boolean matches) throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "destination_hostgroup=5", column));
    assertThat(decide(rules, "SELECT 1").hostgroup()).isEqualTo(matches ? 5 : -1);
  }

  @Test
  void lettersCountWithoutTheModifier() throws InvalidRuleException {
    assertThat(decide(set(row("rule_id=1", "destination_hostgroup=5", "re_modifiers=",
        "match_pattern=^select")), "SELECT 1").hostgroup()).isEqualTo(-1);
  }

  @Test
  void negationTurnsBothPatternsAround() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "destination_hostgroup=5", "negate_match_pattern=1",
        "match_digest=^SELECT", "match_pattern=secret"));
    assertThat(decide(rules, "UPDATE t SET a=1").hostgroup()).isEqualTo(5);
    assertThat(decide(rules, "UPDATE secret SET a=1").hostgroup()).isEqualTo(-1);
    assertThat(decide(rules, "SELECT 1").hostgroup()).isEqualTo(-1);
  }

  @Test
  void withoutDigestsTheirTestsAreSkipped() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "destination_hostgroup=5", "digest=0x1",
        "match_digest=never", "username=app"));
    assertThat(Router.decide(rules, statement("SELECT 1", null), APP, new Random(1)).hostgroup())
        .isEqualTo(5);
  }

  @Test
  void laterRulesOverwriteWhatTheySay() throws InvalidRuleException {
    RouteDecision decision = decide(set(
        row("rule_id=2", "timeout=7", "retries=2", "cache_ttl=50", "log=1", "delay=3",
            "destination_hostgroup=-1"),
        row("rule_id=1", "destination_hostgroup=1", "timeout=5", "multiplex=0",
            "mirror_hostgroup=9",
            "next_query_flagIN=4", "error_msg=no", "OK_msg=yes", "gtid_from_hostgroup=3",
            "cache_empty_result=0", "reconnect=1", "sticky_conn=1", "mirror_flagOUT=8",
            "cache_timeout=6"),
        row("rule_id=3", "match_digest=^UPDATE", "timeout=99")), "SELECT 1");
    assertThat(decision).isEqualTo(new RouteDecision(1, null, 0, 4, 2, false, 50, 0, 6, 1, 7, 2, 3,
        9, 8, "no", "yes", 1, 0, 3, 1, -1, -1, null, false));
  }

  @Test
  void applyEndsTheRules() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "destination_hostgroup=1", "apply=1"),
        row("rule_id=2", "destination_hostgroup=2"));
    assertThat(decide(rules, "SELECT 1").hostgroup()).isEqualTo(1);
    assertThat(rules.hits()).isEqualTo(Map.of(1, 1L, 2, 0L));
  }

  @Test
  void aFlagLeadsForwardOnly() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "flagIN=5", "timeout=1"),
        row("rule_id=2", "match_digest=^SELECT", "flagOUT=5"),
        row("rule_id=3", "flagIN=5", "destination_hostgroup=3"),
        row("rule_id=4", "destination_hostgroup=4"));
    RouteDecision decision = decide(rules, "SELECT 1");
    assertThat(decision.hostgroup()).isEqualTo(3);
    assertThat(decision.flag()).isEqualTo(5);
    assertThat(decision.timeoutMillis()).isEqualTo(-1);
    assertThat(decide(rules, "DELETE FROM t").hostgroup()).isEqualTo(4);
  }

  @Test
  void withIterationsAFlagBeginsTheRulesAnew() throws InvalidRuleException {
    List<Map<String, String>> rows = List.of(row("rule_id=1", "flagIN=5", "timeout=1", "flagOUT=0"),
        row("rule_id=2", "flagOUT=5"), row("rule_id=3", "flagIN=5", "destination_hostgroup=3"));
    RouteDecision decision = Router.decide(set(TWICE, List.of(), rows), statement("SELECT 1"), APP,
        new Random(1));
    assertThat(decision.timeoutMillis()).isEqualTo(1);
    assertThat(decision.hostgroup()).isEqualTo(3); // 2, anew, 1, 2 again, 3: no more passes
  }

  @Test
  void theSessionsFlagIsWhereRulesBegin() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "flagIN=7", "destination_hostgroup=1"));
    SessionFacts facts = new SessionFacts("app", "shop", "::1", null, 0, 7, false);
    assertThat(Router.decide(rules, statement("x"), facts, new Random(1)).hostgroup()).isEqualTo(1);
  }

  @Test
  void weightsShareOutStatements() throws InvalidRuleException {
    RuleSet rules = set(
        row("rule_id=1",
            "attributes={\"flagOUTs\": [{\"id\": 1, \"weight\": 900}, {\"id\":2,\"weight\":100}]}"),
        row("rule_id=2", "flagIN=1", "destination_hostgroup=1"),
        row("rule_id=3", "flagIN=2", "destination_hostgroup=2"));
    Random random = new Random(5);
    int canary = 0;
    for (int i = 0; i < 10_000; i++) {
      int hostgroup = Router.decide(rules, statement("SELECT 1"), APP, random).hostgroup();
      canary += hostgroup == 2 ? 1 : 0;
    }
    assertThat(canary).isBetween(850, 1150);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "CASELESS|SELECT (\\w+) FROM old|SELECT /* was \\1 */ * FROM new|SELECT a FROM old; select b from old|SELECT /* was a */ * FROM new; select b from old",
    "CASELESS,GLOBAL|old|new|old Old oldold|new new newnew", "GLOBAL|x*|-|axb|-a--b-",
    "CASELESS|LIMIT (\\d+)|LIMIT 1\\0\\\\\\9|a limit 5|a LIMIT 1limit 5\\",
    "CASELESS|größe|size|SELECT GRößE|SELECT size"})
  void rewriting(String modifiers, String pattern, String replacement, String sql, String rewritten)
      throws InvalidRuleException {
    RouteDecision decision = decide(set(row("rule_id=1", "re_modifiers=" + modifiers,
        "match_pattern=" + pattern, "replace_pattern=" + replacement)), sql);
    assertThat(decision.rewritten()).hasToString(rewritten);
  }

  @Test
  void rulesSeeWhatEarlierOnesWrote() throws InvalidRuleException {
    RouteDecision decision = decide(set(
        row("rule_id=1", "match_pattern=old", "replace_pattern=new"),
        row("rule_id=2", "match_pattern=new", "replace_pattern=newer", "destination_hostgroup=2"),
        row("rule_id=3", "match_digest=old", "destination_hostgroup=3")), "SELECT old");
    assertThat(decision.rewritten()).hasToString("SELECT newer");
    assertThat(decision.hostgroup()).isEqualTo(3);
  }

  @Test
  void fastRoutingHasTheLastWordUnlessAMatchApplied() throws InvalidRuleException {
    List<FastRoute> routes = List.of(new FastRoute("app", "shop", 0, 7),
        new FastRoute("", "shop", 0, 8), new FastRoute("", "shop", 3, 9));
    List<Map<String, String>> rows = List.of(
        row("rule_id=1", "match_digest=^SELECT", "destination_hostgroup=1"),
        row("rule_id=2", "match_digest=^INSERT", "flagOUT=3"),
        row("rule_id=3", "match_digest=^DELETE", "destination_hostgroup=2", "apply=1"));
    RuleSet rules = set(RouteOptions.DEFAULTS, routes, rows);
    assertThat(decide(rules, "SELECT 1").hostgroup()).isEqualTo(7);
    assertThat(decide(rules, "SELECT 1").fastRouted()).isTrue();
    assertThat(decide(rules, "INSERT INTO t VALUES (1)").hostgroup()).isEqualTo(9);
    assertThat(decide(rules, "DELETE FROM t").hostgroup()).isEqualTo(2);
    SessionFacts other = new SessionFacts("other", "shop", "::1", null, 0, 0, false);
    assertThat(Router.decide(rules, statement("x"), other, new Random(1)).hostgroup()).isEqualTo(8);
  }

  @Test
  void aCommentOverridesTheRules() throws InvalidRuleException {
    String sql = "/* hostgroup=5;cache_ttl=100;max_lag_ms=7 */ SELECT 1";
    RouteDecision decision = decide(readWriteSplit(), sql);
    assertThat(decision.hostgroup()).isEqualTo(5);
    assertThat(decision.cacheTtlMillis()).isEqualTo(100);
    assertThat(decision.maxLagMillis()).isEqualTo(7);
    assertThat(decide(RuleSet.EMPTY, sql).hostgroup()).isEqualTo(5);
    SessionFacts mirror = new SessionFacts("app", "shop", "::1", null, 0, 0, true);
    assertThat(Router.decide(readWriteSplit(), statement(sql), mirror, new Random(1)).hostgroup())
        .isEqualTo(20);
  }

  @Test
  void nothingToDecideByIsOneAndTheSameDecision() {
    RouteDecision decision = decide(RuleSet.EMPTY, "SELECT 1");
    assertThat(decision).isSameAs(decide(RuleSet.EMPTY, "SELECT 2"));
    assertThat(decision.hostgroup()).isEqualTo(RouteDecision.UNSET);
  }

  @Test
  void aDecisionCanBeExplained() throws InvalidRuleException {
    RuleSet rules = readWriteSplit();
    Explanation explanation = Router.explain(rules, statement("SELECT 1"), APP, new Random(1));
    assertThat(explanation.steps()).containsExactly(
        new Explanation.Step(100, false, "match_digest does not match"),
        new Explanation.Step(200, true, "matches"));
    assertThat(explanation.decision().hostgroup()).isEqualTo(20);
    assertThat(rules.hits().values()).containsOnly(0L);
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "match_digest=(|query rule 7: match_digest is no regular expression: missing closing )",
    "match_digest=(?R)|query rule 7: match_digest uses recursion, which is not supported: Unknown inline modifier",
    "re_modifiers=X|query rule 7: re_modifiers knows CASELESS and GLOBAL, not X",
    "digest=hello|query rule 7: digest must be a hexadecimal number of 16 digits, not hello",
    "retries=1001|query rule 7: retries must be a number from 0 to 1000, not 1001",
    "timeout=-1|query rule 7: timeout must be a number at least 0, not -1",
    "flagOUT=x|query rule 7: flagOUT must be a number at least 0, not x",
    "replace_pattern=x|query rule 7: replace_pattern needs a match_pattern",
    "attributes={|query rule 7: attributes are no JSON: expected '\"' at character 2",
    "attributes=5|query rule 7: attributes must be a JSON object",
    "attributes={\"flagOUTs\":[{\"id\":1}]}|query rule 7: each of flagOUTs needs an id and a weight, whole numbers from 0 to 2147483647"})
  void aRuleThatCannotBeObeyedIsRefused(String column, String message) {
    assertThatExceptionOfType(InvalidRuleException.class)
        .isThrownBy(
            () -> set(row("rule_id=7", "re_modifiers=CASELESS", "match_digest=x", column)))
        .withMessage(message);
  }

  @Test
  void aRuleIdStandsForOneRule() {
    assertThatExceptionOfType(InvalidRuleException.class)
        .isThrownBy(() -> set(row("rule_id=7"), row("rule_id=7")))
        .withMessage("query rule 7: there is another rule with this rule_id");
  }
}
