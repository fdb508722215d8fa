package dev.weir.admin.command;

import dev.weir.admin.table.ShowTable;
import dev.weir.admin.table.ShowTables;
import dev.weir.core.control.Answer.Notice;
import dev.weir.core.control.ProxyControl;
import dev.weir.core.control.ProxyView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every command of the console with every table it can show. Immutable. */
public final class Commands {
  private static final int ITEMS_PER_LINE = 6;

  private final List<ShowTable<?>> tables;
  private final List<Command> all;
  private final Map<String, WordCommand> byVerb;
  private final Map<String, PhraseCommand> byPhrase = new LinkedHashMap<>();
  private final SetSetting set;
  private final Notice usage;

  private Commands(List<ShowTable<?>> tables, SetSetting set, List<PhraseCommand> phrases,
      List<WordCommand> acting) {
    this.tables = tables;
    this.set = set;
    this.usage = new Notice("Console usage", usage(tables, set, phrases, acting));
    Map<String, ShowTable<?>> byName = new LinkedHashMap<>();
    tables.forEach(table -> byName.put(table.name(), table));
    List<WordCommand> words = new ArrayList<>();
    words.add(new Show("SHOW", Map.copyOf(byName), usage));
    words.add(new Show("SELECT", Map.copyOf(byName), usage));
    words.addAll(acting);
    words.add(new Help(usage));
    words.add(new TransactionWord("BEGIN"));
    words.add(new TransactionWord("COMMIT"));
    words.add(new TransactionWord("ROLLBACK"));
    this.byVerb = new LinkedHashMap<>();
    words.forEach(word -> byVerb.put(word.name(), word));
    this.all = new ArrayList<>(words);
    this.all.add(2, set);
    this.all.addAll(2, phrases);
    phrases.forEach(phrase -> byPhrase.put(phrase.name(), phrase));
  }

  public static Commands of(ProxyView view, ProxyControl control) {
    List<PhraseCommand> phrases = List.of(new ShowLedger(view), new ExplainRoute(view));
    return new Commands(ShowTables.all(view), new SetSetting(control), phrases, List.of(
        new Reload(control),
        new Pause(control),
        new Resume(control),
        new Disable(control),
        new Enable(control),
        new Reconnect(control),
        new Kill(control),
        new KillClient(control),
        new Suspend(control),
        new Shutdown(control),
        new WaitClose(control)));
  }

  /** In the order of the manual. */
  public List<Command> all() {
    return Collections.unmodifiableList(all);
  }

  /** Items of SHOW that have rows, in the order of the manual. */
  public List<ShowTable<?>> tables() {
    return tables;
  }

  /** What HELP says. */
  public Notice usage() {
    return usage;
  }

  /** The command with that verb in any case; null when there is none. */
  public @Nullable WordCommand find(String verb) {
    return byVerb.get(verb.toUpperCase(Locale.ROOT));
  }

  /** The command of these two words in any case; null when there is none. */
  public @Nullable PhraseCommand phrase(String first, String second) {
    return byPhrase.get((first + " " + second).toUpperCase(Locale.ROOT));
  }

  public SetSetting set() {
    return set;
  }

  private static String usage(List<ShowTable<?>> tables, SetSetting set,
      List<PhraseCommand> phrases, List<WordCommand> acting) {
    List<String> items = new ArrayList<>(List.of("HELP"));
    tables.forEach(table -> items.add(table.name()));
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < items.size(); i += ITEMS_PER_LINE) {
      List<String> line = items.subList(i, Math.min(i + ITEMS_PER_LINE, items.size()));
      text.append("\n\tSHOW ").append(String.join("|", line));
    }
    phrases.forEach(command -> text.append("\n\t").append(command.syntax()));
    text.append("\n\t").append(set.syntax());
    acting.forEach(command -> text.append("\n\t").append(command.syntax()));
    return text.toString();
  }
}
