#include "feed/candidates.h"

#include <stdlib.h>
#include <string.h>

#include "feed/memory.h"
#include "feed/select.h"

#define COST_MOST 30.0 /* beyond it nobody would write a selector */
#define INNER_PAIRED 8 /* features of which pairs are made */
#define ABOVE_DEEP 6   /* contexts of a parent and a child */
#define NEAR_MOST 4    /* selectors that find too much, and may be mended */
#define CHILD_STEP 1.0 /* a frame between the two would break it */
#define DESCENDANT_STEP 0.75
#define SECOND_CLASS 1.5
#define NOT_STEP 2.5
#define HAS_STEP 3.0

/* "above parent > inner.second"; all but inner may be NULL. */
struct recipe {
	const struct feature *above, *parent, *inner, *second;
	double cost;
};

struct recipes {
	struct recipe *list;
	size_t count, capacity;
};

struct near {
	char *css;
	double cost;
	bool hashed;
};

struct search {
	const struct candidates_question *question;
	struct chosen best;
	struct near near[NEAR_MOST];
	size_t near_count;
	size_t tried;
};

static double
cost_of(const struct candidates_question *question, const struct recipe *recipe)
{
	const struct feature *inner = recipe->inner;
	double cost = inner->cost;
	bool bare = inner->kind == FEATURE_TAG && recipe->second == NULL;
	if (recipe->second != NULL)
		/* a tag beside a class only narrows it */
		cost =
		    inner->kind == FEATURE_TAG
			? recipe->second->cost + SECOND_CLASS +
			      0.05 * (double)strlen(inner->css)
			: inner->cost + SECOND_CLASS + recipe->second->cost / 2;
	/* a child of something named is rather sure */
	if (bare)
		cost += recipe->parent != NULL  ? question->lone_tag / 3
			: recipe->above != NULL ? question->lone_tag / 2
						: question->lone_tag;
	if (recipe->parent != NULL)
		cost += CHILD_STEP + recipe->parent->cost +
			(recipe->parent->kind == FEATURE_TAG ? 2 : 0);
	if (recipe->above != NULL)
		cost += DESCENDANT_STEP + recipe->above->cost +
			(recipe->above->kind == FEATURE_TAG ? 2 : 0);
	return cost;
}

static void
add(struct recipes *all, const struct candidates_question *question,
    struct recipe recipe)
{
	if (all->count == all->capacity) {
		all->capacity = all->capacity * 2 + 64;
		all->list =
		    xreallocarray(all->list, all->capacity, sizeof(*all->list));
	}
	recipe.cost = cost_of(question, &recipe);
	all->list[all->count++] = recipe;
}

/* One compound in every context. */
static void
add_contexts(struct recipes *all, const struct candidates_question *question,
    struct recipe compound)
{
	const struct features *parent = question->parent;
	const struct features *above = question->above;
	add(all, question, compound);
	for (size_t i = 0; i < parent->count; i++) {
		struct recipe child = compound;
		child.parent = &parent->list[i];
		add(all, question, child);
		for (size_t k = 0;
		     k < above->count && k < ABOVE_DEEP && i < ABOVE_DEEP;
		     k++) {
			child.above = &above->list[k];
			add(all, question, child);
		}
	}
	for (size_t i = 0; i < above->count; i++) {
		compound.above = &above->list[i];
		add(all, question, compound);
	}
	/* right above is above as well */
	for (size_t i = 0; i < parent->count; i++) {
		compound.above = &parent->list[i];
		add(all, question, compound);
	}
}

static int
compare(const void *a, const void *b)
{
	const struct recipe *x = a, *y = b;
	if (x->cost != y->cost)
		return x->cost < y->cost ? -1 : 1;
	/* the same on every machine: by where they stand in their lists */
	if (x->inner != y->inner)
		return x->inner < y->inner ? -1 : 1;
	if (x->second != y->second)
		return x->second < y->second ? -1 : 1;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return (x->above > y->above) - (x->above < y->above);
}

static struct recipes
make_recipes(const struct candidates_question *question)
{
	const struct features *inner = question->inner;
	struct recipes all = {0};
	for (size_t i = 0; i < inner->count; i++)
		add_contexts(
		    &all, question, (struct recipe){.inner = &inner->list[i]});
	for (size_t i = 0; i < inner->count; i++)
		for (size_t k = 0; k < inner->count; k++) {
			const struct feature *a = &inner->list[i];
			const struct feature *b = &inner->list[k];
			bool tagged = a->kind == FEATURE_TAG &&
				      b->kind != FEATURE_TAG &&
				      k < 2 * INNER_PAIRED;
			bool paired = i < k && k < INNER_PAIRED &&
				      a->kind != FEATURE_TAG &&
				      b->kind != FEATURE_TAG;
			if (tagged || paired)
				add_contexts(&all, question,
				    (struct recipe){.inner = a, .second = b});
		}
	if (all.count > 0)
		qsort(all.list, all.count, sizeof(*all.list), compare);
	return all;
}

static char *
write_recipe(const struct recipe *recipe)
{
	return xasprintf("%s%s%s%s%s%s",
	    recipe->above != NULL ? recipe->above->css : "",
	    recipe->above != NULL ? " " : "",
	    recipe->parent != NULL ? recipe->parent->css : "",
	    recipe->parent != NULL ? " > " : "", recipe->inner->css,
	    recipe->second != NULL ? recipe->second->css : "");
}

static bool
is_hashed(const struct recipe *recipe)
{
	return recipe->inner->hashed ||
	       (recipe->second != NULL && recipe->second->hashed) ||
	       (recipe->parent != NULL && recipe->parent->hashed) ||
	       (recipe->above != NULL && recipe->above->hashed);
}

/* One that finds all, and more: what is too much may have a name. */
static void
keep_near(struct search *search, const char *css, double cost, bool hashed,
    const struct tried *tried)
{
	if (search->question->blame == NULL || tried->wrong == 0 ||
	    tried->recall < 0.95 || search->near_count == NEAR_MOST)
		return;
	search->near[search->near_count++] =
	    (struct near){.css = xstrdup(css), .cost = cost, .hashed = hashed};
}

/* Runs it; takes the css. */
static void
attempt(struct search *search, char *css, double cost, bool hashed, bool mend)
{
	const struct candidates_question *question = search->question;
	struct selector *selector = selector_parse(css, NULL);
	struct nodes found = {0};
	struct tried tried = {0};
	search->tried++;
	if (selector != NULL &&
	    selector_all(selector, question->page, 0, &found, NULL))
		question->judge(question->arg, &found, &tried);
	nodes_clear(&found);
	selector_free(selector);
	if (mend)
		keep_near(search, css, cost, hashed, &tried);
	double value = cost + question->fault * (1 - tried.recall) +
		       question->fault * (1 - tried.precision);
	if (tried.recall >= question->least &&
	    tried.precision >= question->least &&
	    (search->best.css == NULL || value < search->best.value)) {
		free(search->best.css);
		search->best = (struct chosen){
		    .css = css,
		    .value = value,
		    .tried = tried,
		    .hashed = hashed,
		};
		return;
	}
	free(css);
}

/* `near` with something in brackets: ":not(.ad)". */
static void
narrow(struct search *search, const struct near *near, const char *how,
    double step, const struct features *by)
{
	for (size_t i = 0; i < by->count; i++)
		attempt(search,
		    xasprintf("%s:%s(%s)", near->css, how, by->list[i].css),
		    near->cost + step + by->list[i].cost / 2,
		    near->hashed || by->list[i].hashed, false);
}

/* ".card" finds advertisements: ".card:not(.ad)", or ".card:has(h3)". */
static void
mend(struct search *search, const struct near *near)
{
	const struct candidates_question *question = search->question;
	struct selector *selector = selector_parse(near->css, NULL);
	struct nodes found = {0};
	struct features blamed = {0}, praised = {0};
	if (selector_all(selector, question->page, 0, &found, NULL)) {
		question->blame(question->arg, &found, &blamed);
		question->praise(question->arg, &found, &praised);
	}
	nodes_clear(&found);
	selector_free(selector);
	narrow(search, near, "not", NOT_STEP, &blamed);
	narrow(search, near, "has", HAS_STEP, &praised);
	features_clear(&blamed);
	features_clear(&praised);
}

bool
candidates_try(const struct candidates_question *question, struct chosen *out)
{
	struct search search = {.question = question};
	struct recipes recipes = make_recipes(question);
	for (size_t i = 0; i < recipes.count && search.tried < question->most;
	     i++) {
		const struct recipe *recipe = &recipes.list[i];
		if (recipe->cost > COST_MOST ||
		    (search.best.css != NULL &&
			recipe->cost >= search.best.value))
			break;
		attempt(&search, write_recipe(recipe), recipe->cost,
		    is_hashed(recipe), true);
	}
	for (size_t i = 0; i < search.near_count; i++) {
		const struct near *near = &search.near[i];
		if (search.best.css == NULL ||
		    near->cost + NOT_STEP < search.best.value)
			mend(&search, near);
		free(near->css);
	}
	free(recipes.list);
	if (search.best.css == NULL)
		return false;
	*out = search.best;
	return true;
}
