package io.sluice.agent.demo;

import io.sluice.agent.demo.shop.ShopApp;

/** The end of the story: what a curious user can try while the shop stays open. */
final class WhereToLook {
  private final Narrator narrator;
  private final DemoHome home;
  private final AddressPlan plan;
  private final ExampleConfig config;
  private final Agent agent;

  WhereToLook(
      Narrator narrator, DemoHome home, AddressPlan plan, ExampleConfig config, Agent agent) {
    this.narrator = narrator;
    this.home = home;
    this.plan = plan;
    this.config = config;
    this.agent = agent;
  }

  void tell() {
    AdminClient admin = agent.admin();
    String route = home.config().resolve(ExampleConfig.ROUTE).toString();
    narrator.step(
        "[8] The shop stays open, with one customer a second, until Ctrl-C. Look around:");
    narrator.say("curl http://" + plan.webapp() + ":" + ShopApp.PORT + "/");
    narrator.say("./sluice status --admin " + admin.authority());
    narrator.say("curl -s " + admin.url("/metrics") + " | grep istio_requests_total");
    narrator.say("curl -s " + admin.url("/config_dump"));
    narrator.say("tail -f " + home.log(Agent.ROLE));
    narrator.say("the rules again, or your own (an editor does as well):");
    narrator.say("  sudo cp " + config.example().resolve(ExampleConfig.ROUTE) + " " + route);
    narrator.say("  sudo cp " + config.example().resolve(ExampleConfig.TIMEOUT) + " " + route);
    narrator.say("  sudo cp " + config.example().resolve(ExampleConfig.DROP_STAFF) + " " + route);
    narrator.say("how the connections run: sudo ip netns exec " + ShopNetwork.STAFF + " ss -tn");
  }
}
