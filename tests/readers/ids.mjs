// ids.mjs FILE...: what each parser sees, as JSON: file, parser, ids, error.
import fs from 'node:fs';
import {createRequire} from 'node:module';

const here = createRequire(process.argv[2] + '/');
const RssParser = here('rss-parser');
const {parseFeed: feedsmith} = here('feedsmith');
const {parseFeed: rowanmanning} = here('@rowanmanning/feed-parser');
const FeedMe = here('feedme');

function feedme(text) {
	return new Promise((resolve, reject) => {
		const parser = new FeedMe(true);
		parser.on('error', reject);
		parser.on('finish', () => resolve(parser.done()));
		parser.end(text);
	});
}

// A guid with an attribute comes as {text, ispermalink} or {value, ...}.
const idOf = one => typeof one === 'object' ? one.text ?? one.value : one;

// name -> [formats it reads, text -> ids]
const parsers = {
	'rss-parser': [['atom', 'rss'], async text => (await new RssParser()
		.parseString(text)).items.map(item => item.guid ?? item.id)],
	'feedsmith': [['atom', 'rss', 'json'], async text => {
		const {feed} = feedsmith(text);
		return (feed.entries ?? feed.items).map(item =>
			idOf(item.id ?? item.guid));
	}],
	'@rowanmanning/feed-parser': [['atom', 'rss'], async text =>
		rowanmanning(text).items.map(item => item.id)],
	'feedme': [['atom', 'rss', 'json'], async text =>
		(await feedme(text)).items.map(item => idOf(item.id ?? item.guid))],
};

const told = [];
for (const file of process.argv.slice(3)) {
	const text = fs.readFileSync(file, 'utf8');
	const format = file.slice(file.lastIndexOf('.') + 1);
	for (const [name, [formats, read]] of Object.entries(parsers)) {
		if (!formats.includes(format))
			continue;
		const one = {file, name, ids: null, error: null};
		try {
			one.ids = await read(text);
		} catch (error) {
			one.error = String(error);
		}
		told.push(one);
	}
}
process.stdout.write(JSON.stringify(told));
