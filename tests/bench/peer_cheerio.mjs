// Node with cheerio and feed, as RSSHub's routes use them; the same protocol as
// peer_lxml.py.  NODE_PATH names the folder that npm filled.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(join(process.env.NODE_PATH ?? ".", "x.js"));
const cheerio = require("cheerio");
const { Feed } = require("feed");
const folder = mkdtempSync(join(tmpdir(), "peer-cheerio-"));
const urls = [], known = new Map();

async function read(url, number) {
  const page = cheerio.load(await (await fetch(url)).text());
  const feed = new Feed({ title: page("title").text(), id: url, link: url,
    updated: new Date(0) });
  page("li.news").each((_, item) => {
    const at = page(item), link = new URL(at.find("h3 a").attr("href"), url);
    feed.addItem({ title: at.find("h3 a").text(), id: link.href,
      link: link.href, description: at.find("p").text(),
      date: new Date(at.find(".date").text() + "+09:00"),
      image: new URL(at.find("img").attr("src"), url).href });
  });
  const bytes = feed.atom1();
  if (known.get(number) === bytes) return;
  known.set(number, bytes);
  const path = join(folder, number + ".atom");
  writeFileSync(path + ".new", bytes);
  renameSync(path + ".new", path);
}

for await (const line of createInterface({ input: process.stdin })) {
  if (!line.startsWith("round")) {
    urls.push(line.trim());
    continue;
  }
  const before = process.cpuUsage();
  for (let i = 0; i < urls.length; i++) await read(urls[i], i);
  const used = process.cpuUsage(before);
  console.log((used.user + used.system) / urls.length);
}
rmSync(folder, { recursive: true });
