package dev.weir.core.route;

import dev.weir.core.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.weir.core.route.Rules.APP;
import static dev.weir.core.route.Rules.row;
import static dev.weir.core.route.Rules.set;
import static dev.weir.core.route.Rules.statement;
import static org.assertj.core.api.Assertions.assertThat;

class DecisionMemoTest {
  private final DecisionMemo memo = new DecisionMemo();
  private final Random random = new Random(1);

  private RouteDecision decide(RuleSet rules, Statement statement) {
    return memo.decide(rules, statement, APP, random);
  }

  @Test
  void saysAndCountsWhatTheRulesWould() throws InvalidRuleException {
    for (int seed = 0; seed < 500; seed++) {
      Random drawn = new Random(seed);
      List<Map<String, String>> rows = new ArrayList<>();
      for (int i = drawn.nextInt(8); i > 0; i--) {
        rows.add(RouterPropertyTest.rule(drawn, i));
      }
      List<FastRoute> routes = drawn.nextBoolean()
          ? List.of()
          : List.of(new FastRoute("app", "shop", drawn.nextInt(3), 100));
      RouteOptions options = new RouteOptions(RouteOptions.Engine.RE2, drawn.nextInt(3));
      RuleSet asked = Rules.set(options, routes, rows);
      RuleSet remembered = Rules.set(options, routes, rows);
      List<Statement> statements = new ArrayList<>();
      RouterPropertyTest.TEXTS.forEach(text -> statements.add(statement(text)));
      RouterPropertyTest.TEXTS.forEach(text -> statements.add(statement(text)));
      for (int i = 0; i < 60; i++) {
        Statement statement = statements.get(drawn.nextInt(statements.size()));
        SessionFacts facts = new SessionFacts(drawn.nextBoolean() ? "app" : "bob",
            drawn.nextBoolean() ? "shop" : "s", "10.0.0." + drawn.nextInt(3),
            drawn.nextBoolean() ? "::1" : null, 6033, drawn.nextInt(2), drawn.nextInt(4) == 0);
        assertThat(memo.decide(remembered, statement, facts, random))
            .as("seed %d, %s, %s, %s", seed, statement, facts, rows)
            .isEqualTo(Router.decide(asked, statement, facts, random));
      }
      assertThat(remembered.hits()).as("seed %d, %s", seed, rows).isEqualTo(asked.hits());
    }
  }

  @Test
  void statementsOfOneDigestAreOneWhileNoRuleLooksAtTexts() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "match_digest=^SELECT", "destination_hostgroup=5"));
    RouteDecision first = decide(rules, statement("SELECT 1"));
    assertThat(decide(rules, statement("SELECT 2"))).isSameAs(first);
    assertThat(rules.hits()).containsEntry(1, 2L);
  }

  @Test
  void aRuleThatLooksAtTextsTellsThemApart() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "match_pattern=2", "replace_pattern=two"));
    Statement one = statement("SELECT 1");
    Statement two = statement("SELECT 2");
    for (int i = 0; i < 3; i++) {
      assertThat(decide(rules, one).rewritten()).isNull();
      assertThat(decide(rules, two).rewritten()).hasToString("SELECT two");
    }
    assertThat(decide(rules, two)).isSameAs(decide(rules, two));
    assertThat(rules.hits()).containsEntry(1, 5L);
  }

  @Test
  void whatIsDrawnIsDrawnEachTime() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1",
        "attributes={\"flagOUTs\":[{\"id\":1,\"weight\":1},{\"id\":2,\"weight\":1}]}"),
        row("rule_id=2", "flagIN=1", "destination_hostgroup=1"),
        row("rule_id=3", "flagIN=2", "destination_hostgroup=2"));
    Statement statement = statement("SELECT 1");
    List<Integer> drawn = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      drawn.add(decide(rules, statement).hostgroup());
    }
    assertThat(drawn).contains(1, 2);
  }

  @Test
  void aSearchThatIsGivenUpIsCountedEachTime() throws InvalidRuleException {
    RuleSet rules = set(
        row("rule_id=1", "match_pattern=(?!x)(.*)(.*)(.*)zz$", "destination_hostgroup=5"));
    Statement statement = statement("SELECT " + "a".repeat(2000));
    decide(rules, statement);
    long once = rules.givenUp();
    assertThat(once).isPositive();
    decide(rules, statement);
    assertThat(rules.givenUp()).isEqualTo(2 * once);
  }

  @Test
  void newRulesDecideAnew() throws InvalidRuleException {
    Statement statement = statement("SELECT 1");
    RuleSet before = set(row("rule_id=1", "destination_hostgroup=5"));
    RuleSet after = set(row("rule_id=1", "destination_hostgroup=6"));
    assertThat(decide(before, statement).hostgroup()).isEqualTo(5);
    assertThat(decide(after, statement).hostgroup()).isEqualTo(6);
    assertThat(after.hits()).containsEntry(1, 1L);
    memo.forget(before);
    assertThat(decide(before, statement).hostgroup()).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"match_digest=^SELECT", "match_pattern=^SELECT"})
  void whatIsTooLongIsDecidedEachTime(String test) throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", test, "destination_hostgroup=5"));
    Statement statement = statement("SELECT " + "a,".repeat(10_000) + "a");
    assertThat(decide(rules, statement)).isEqualTo(decide(rules, statement))
        .isNotSameAs(decide(rules, statement));
    assertThat(rules.hits()).containsEntry(1, 3L);
  }

  @Test
  void wishesInACommentAreObeyedEachTime() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "match_digest=^SELECT", "destination_hostgroup=5"));
    assertThat(decide(rules, statement("/* hostgroup=7 */ SELECT 1")).hostgroup()).isEqualTo(7);
    assertThat(decide(rules, statement("SELECT 1")).hostgroup()).isEqualTo(5);
    assertThat(decide(rules, statement("/* hostgroup=8 */ SELECT 1")).hostgroup()).isEqualTo(8);
  }

  @Test
  void manyMoreThanThereArePlacesForAreDecidedRight() throws InvalidRuleException {
    RuleSet rules = set(row("rule_id=1", "match_pattern=7", "destination_hostgroup=7"));
    for (int i = 0; i < 20_000; i++) {
      boolean seven = Integer.toString(i).contains("7");
      assertThat(decide(rules, statement("SELECT " + i)).hostgroup()).isEqualTo(seven ? 7 : -1);
    }
  }
}
