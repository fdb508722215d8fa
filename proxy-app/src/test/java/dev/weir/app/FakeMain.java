package dev.weir.app;

/** The program, with a data path that serves nobody and obeys. */
final class FakeMain {
  private FakeMain() {}

  public static void main(String[] arguments) throws InterruptedException {
    FakeProxy proxy = new FakeProxy();
    Main main = new Main((_, _, _) -> {
      proxy.waitsForever = Boolean.getBoolean("waits");
      return proxy;
    }, System.getenv(), System.out, System.err);
    int status = main.run("weir", arguments);
    System.out.println("calls " + proxy.calls);
    System.out.flush();
    Runtime.getRuntime().halt(status);
  }
}
