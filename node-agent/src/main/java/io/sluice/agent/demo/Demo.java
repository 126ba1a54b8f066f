package io.sluice.agent.demo;

import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Sets the shop up, tells the story, keeps the shop open until Ctrl-C, and clears everything up.
 */
final class Demo {
  private static final Duration BETWEEN_VISITS = Duration.ofSeconds(1);

  private final Narrator narrator;
  private final DemoHome home;
  private final Path checkout;
  private final InetSocketAddress admin;
  private final Cleanup cleanup;

  /**
   * @param checkout Sluice's own directory, where the example is
   * @param admin address for the agent's admin port
   */
  Demo(Narrator narrator, DemoHome home, Path checkout, InetSocketAddress admin, Cleanup cleanup) {
    this.narrator = narrator;
    this.home = home;
    this.checkout = checkout;
    this.admin = admin;
    this.cleanup = cleanup;
  }

  /**
   * @param once do not wait for Ctrl-C at the end
   * @return whether all of the story was seen
   */
  boolean play(boolean once) {
    narrator.step("[1] Setting up");
    clearLeftovers();
    home.create();
    cleanup.add(home::delete);
    DemoProcesses processes = new DemoProcesses(home);
    AddressPlan plan = makeNetwork();
    Shop shop = openShop(processes, plan);
    ExampleConfig config =
        new ExampleConfig(checkout.resolve("daemonset/examples/fleetman"), home, plan);
    Agent agent = startAgent(processes, config);
    boolean seen = new Story(narrator, plan, config, agent, shop).tell();
    if (!once) {
      stayOpen(new WhereToLook(narrator, home, plan, config, agent), new Customer(plan), agent);
    }
    return seen;
  }

  /** A demo that was killed could not clear up. */
  private void clearLeftovers() {
    switch (DemoProcesses.leftovers(home)) {
      case Leftovers.InUse inUse ->
          throw new DemoFault(
              "another demo is running (process " + inUse.pid() + "): end it first, with Ctrl-C");
      case Leftovers.Stale stale -> {
        boolean left = Files.exists(home.directory()) || !ShopNetwork.leftNamespaces().isEmpty();
        stale.toEnd().forEach(DemoProcesses::end);
        ShopNetwork.remove();
        home.delete();
        if (left) {
          narrator.done("cleared what a former demo had left");
        }
      }
    }
  }

  private AddressPlan makeNetwork() {
    AddressPlan plan =
        AddressPlan.choose(Ipv4Network.namedIn(Commands.require("ip -4 -o route show table all")));
    cleanup.add(ShopNetwork::remove);
    ShopNetwork.create(plan);
    narrator.done(
        "network namespaces "
            + ShopNetwork.PREFIX
            + "{webapp,staff,position,plain,external} on "
            + plan.prefix()
            + "0/"
            + plan.prefixBits());
    return plan;
  }

  private Shop openShop(DemoProcesses processes, AddressPlan plan) {
    Shop shop = new Shop(home, plan, Certificates.create(home.tls()));
    cleanup.add(shop::close);
    shop.open(processes);
    narrator.done("the shop's apps run, a process each; none of them knows of a mesh");
    return shop;
  }

  private Agent startAgent(DemoProcesses processes, ExampleConfig config) {
    config.copyBase();
    long start = System.nanoTime();
    Agent agent = Agent.start(processes, home, admin);
    cleanup.add(agent::stop);
    agent.awaitReady();
    narrator.done(
        "the agent runs: sluice run --config-dir "
            + home.config()
            + " --admin "
            + agent.admin().authority()
            + "; every pod enrolled after "
            + Verdicts.seconds((System.nanoTime() - start) / 1_000_000));
    return agent;
  }

  /** One customer a second, so that there is something to see. */
  private void stayOpen(WhereToLook whereToLook, Customer customer, Agent agent) {
    whereToLook.tell();
    while (agent.isAlive()) {
      customer.visit("/");
      Pause.of(BETWEEN_VISITS);
    }
    throw new DemoFault("the agent has ended; its log: " + home.log(Agent.ROLE));
  }
}
