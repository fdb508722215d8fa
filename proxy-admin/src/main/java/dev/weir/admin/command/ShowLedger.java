package dev.weir.admin.command;

import dev.weir.admin.table.LedgerColumns;
import dev.weir.core.control.Access;
import dev.weir.core.control.Answer;
import dev.weir.core.control.ControlException;
import dev.weir.core.control.LedgerView;
import dev.weir.core.control.StateView;
import java.util.List;

/** {@code SHOW LEDGER}. */
record ShowLedger(StateView view) implements PhraseCommand {
  @Override
  public String name() {
    return "SHOW LEDGER";
  }

  @Override
  public String syntax() {
    return "SHOW LEDGER <client_id>";
  }

  @Override
  public Access access() {
    return Access.STATS;
  }

  @Override
  public String doc() {
    return "What a client takes along from server to server: a row for each setting, variable, "
        + "schema, statement. The client is named by its id or ptr of SHOW CLIENTS.";
  }

  @Override
  public Call call(String rest) {
    return new Call(access(), LedgerColumns.ALL.declared(), () -> {
      List<LedgerView> rows = view.ledger(Arguments.shownClient(rest));
      if (rows == null) {
        throw new ControlException("no client has the id " + rest
            + ": SHOW CLIENTS has those there are in its columns id and ptr");
      }
      return new Outcome.Now(new Answer.Rows(LedgerColumns.table(rows), "SHOW"));
    });
  }
}
