// page.mjs NPM BROWSER URL SHOTS [quick]: what a browser sees on the page of all
// feeds, as JSON on standard output: a list of what is wrong, and what was
// measured.  SHOTS is a folder for pictures; quick: one size, and the use of it.
import fs from 'node:fs';
import path from 'node:path';
import {createRequire} from 'node:module';

const [npm, browserPath, url, shots, quick] = process.argv.slice(2);
const here = createRequire(npm + '/');
const {chromium} = here('playwright-core');
const axe = fs.readFileSync(here.resolve('axe-core/axe.min.js'), 'utf8');
const wrong = [];
const measured = {};

function want(what, good) {
	if (!good)
		wrong.push(what);
}

const browser = await chromium.launch({
	executablePath: browserPath,
	args: ['--no-sandbox', '--host-resolver-rules=MAP feeds.test 127.0.0.1'],
});

// Every page of ours: no request but for itself, nothing on the console.
async function open(name, address, options) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	page.setDefaultTimeout(quick ? 10000 : 60000);
	page.on('request', request => {
		if (request.url() !== address && !request.url().startsWith('data:'))
			wrong.push(`${name}: asks for ${request.url()}`);
	});
	page.on('console', message => {
		if (message.type() === 'error' || message.type() === 'warning')
			wrong.push(`${name}: console: ${message.text()}`);
	});
	page.on('pageerror', error => wrong.push(`${name}: ${error}`));
	const answer = await page.goto(address);
	want(`${name}: is not there`, answer === null || answer.ok());
	return page;
}

// What goes wrong on the way is wrong, too.
async function attempt(name, what, page, ...more) {
	try {
		await what(page, name, ...more);
	} catch (error) {
		wrong.push(`${name}: ${error.message.split('\n')[0]}`);
	}
}

const isShown = list => list.filter(one => one.checkVisibility()).length;

async function look(page, name) {
	want(`${name}: no heading`, await page.locator('h1').isVisible());
	const feeds = await page.$$eval('.feed', isShown);
	want(`${name}: no feed is shown`, feeds > 0);
	measured.feeds = feeds;
	const wide = await page.evaluate(() =>
		document.documentElement.scrollWidth - innerWidth);
	want(`${name}: ${wide} pixels too wide`, wide <= 0);
	const spilt = await page.$$eval('.feed, .name', list => list.filter(one =>
		one.scrollWidth > one.clientWidth).length);
	want(`${name}: ${spilt} boxes overflow`, spilt === 0);
}

async function judge(page, name) {
	await page.evaluate(axe);
	const found = await page.evaluate(() => axe.run(document, {
		runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa',
			'best-practice'],
	}));
	for (const one of found.violations)
		wrong.push(`${name}: axe: ${one.id}: ${one.help} (${
			one.nodes.length}): ${one.nodes[0].html.slice(0, 160)} ${
			one.nodes[0].failureSummary.slice(0, 300)}`);
	want(`${name}: axe judged nothing`, found.passes.length > 10);
	measured.rules = Math.max(measured.rules ?? 0, found.passes.length);
}

async function copy(page, name, read) {
	const take = page.locator('.feed .take').first();
	const address = await take.locator('.address').textContent();
	want(`${name}: the address is ${address}`, /^https?:\/\//.test(address));
	want(`${name}: no feed: link`, await take.locator('.open')
		.getAttribute('href') === 'feed:' + address);
	const button = take.locator('button');
	const before = await button.textContent();
	await button.click();
	await page.waitForFunction(
		([one, label]) => one.textContent !== label,
		[await button.elementHandle(), before]);
	const got = await read();
	want(`${name}: copied ${got}, not ${address}`, got === address);
	want(`${name}: nobody hears of the copy`,
		await page.locator('.said[role=status]').textContent() !== '');
}

async function find(page, name) {
	const all = await page.$$eval('.feed', isShown);
	const title = await page.locator('h3').last().textContent();
	const began = Date.now();
	await page.fill('#find', '  ' + title.toUpperCase() + ' ');
	const some = await page.$$eval('.feed', isShown);
	measured.find_ms = Date.now() - began;
	want(`${name}: '${title}' finds ${some} of ${all}`,
		some > 0 && some < all);
	want(`${name}: an empty site stays`, await page.$$eval('.site',
		list => list.every(one => one.hidden ===
			!one.querySelector('.feed:not([hidden])'))));
	want(`${name}: the count is not told`,
		(await page.locator('#count').textContent()).includes(some));
	await page.fill('#find', 'no such words here');
	want(`${name}: finds what is not there`,
		await page.$$eval('.feed', isShown) === 0);
	want(`${name}: does not say so`,
		await page.locator('#count').textContent() !== '');
	await page.press('#find', 'Escape');
	want(`${name}: Escape does not show all again`,
		await page.$$eval('.feed', isShown) === all);
}

// Tab reaches every link and button in view, and each shows that it has it.
async function keys(page, name) {
	const wanted = await page.$$eval('a[href], button, input', isShown);
	const steps = Math.min(wanted, 40);
	await page.evaluate(() => document.activeElement.blur());
	for (let i = 0; i < steps; i++) {
		await page.keyboard.press('Tab');
		const seen = await page.evaluate(() => {
			const one = document.activeElement;
			const style = getComputedStyle(one);
			return one !== document.body && style.outlineStyle !== 'none' &&
				parseFloat(style.outlineWidth) > 0;
		});
		if (!seen) {
			wrong.push(`${name}: step ${i} shows no focus`);
			return;
		}
	}
	measured.steps = steps;
}

const sizes = {phone: {width: 390, height: 844},
	desktop: {width: 1280, height: 900}, narrow: {width: 320, height: 640}};
for (const [size, viewport] of Object.entries(sizes))
	for (const colorScheme of ['light', 'dark']) {
		if (quick && (size !== 'desktop' || colorScheme !== 'light'))
			continue;
		const name = `${size}-${colorScheme}`;
		const page = await open(name, url, {viewport, colorScheme,
			deviceScaleFactor: size === 'phone' ? 2 : 1});
		await attempt(name, look, page);
		await attempt(name, judge, page);
		await page.screenshot({path: path.join(shots, name + '.png')});
		await page.setViewportSize({width: viewport.width, height: 2600});
		await page.screenshot({path: path.join(shots, name + '-all.png')});
		await page.context().close();
	}

{
	const page = await open('use', url, {viewport: sizes.desktop,
		permissions: ['clipboard-read', 'clipboard-write']});
	await attempt('use', copy, page, () =>
		page.evaluate(() => navigator.clipboard.readText()));
	await attempt('use', find, page);
	await attempt('use', keys, page);
	await attempt('nothing found', async (one, name) => {
		await one.fill('#find', 'zzz');
		await judge(one, name);
	}, page);
	await page.context().close();
}
if (!quick) {
	// over plain http the browser keeps its clipboard to itself
	const far = new URL(url);
	far.hostname = 'feeds.test';
	const page = await open('plain http', far.href, {viewport: sizes.phone});
	want('plain http: the context is a secure one',
		await page.evaluate(() => !isSecureContext));
	await attempt('plain http', copy, page, () =>
		page.evaluate(() => getSelection().toString()));
}
if (!quick) {
	const page = await open('no script', url, {javaScriptEnabled: false,
		viewport: sizes.desktop});
	const dead = page.locator('button:visible, input:visible');
	want('no script: buttons that do nothing', await dead.count() === 0);
	want('no script: no feed', await page.locator('.feed').count() > 0);
	await page.screenshot({path: path.join(shots, 'no-script.png')});
}
await browser.close();
console.log(JSON.stringify({wrong, measured}));
