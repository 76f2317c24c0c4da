import { Component, type OnInit } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";

@Component({ selector: "app-root", template: "" })
class App implements OnInit {
  async ngOnInit(): Promise<void> {
    await import("./main.js");
  }
}

bootstrapApplication(App);
