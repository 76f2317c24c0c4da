// Tabs: role="tablist" with role="tab" buttons `tab-NAME` for panels `panel-NAME`. Arrow keys move between them.

export function startTabs(
  list: HTMLElement,
  chosen: (name: string) => void,
): { choose(name: string): void; chosen(): string } {
  const tabs = Array.from(list.querySelectorAll<HTMLElement>("[role='tab']"));
  const nameOf = (tab: Element): string => tab.id.replace(/^tab-/, "");
  let current = "";

  function choose(name: string, focus = false): void {
    const target = tabs.find((tab) => nameOf(tab) === name) ?? tabs[0];
    if (!target) return;
    for (const tab of tabs) {
      tab.setAttribute("aria-selected", String(tab === target));
      tab.tabIndex = tab === target ? 0 : -1;
      const panel = document.getElementById(`panel-${nameOf(tab)}`);
      if (panel) panel.hidden = tab !== target;
    }
    if (focus) target.focus();
    if (current === nameOf(target)) return;
    current = nameOf(target);
    chosen(current);
  }

  list.addEventListener("click", (event) => {
    const tab = (event.target as Element).closest("[role='tab']");
    if (tab) choose(nameOf(tab));
  });
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(document.activeElement as HTMLElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    const tab = to === undefined ? undefined : tabs[(to + tabs.length) % tabs.length];
    if (!tab) return;
    event.preventDefault();
    choose(nameOf(tab), true);
  });
  return { choose, chosen: () => current };
}
